using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Functions.Hosting.Logging;

namespace Serverless.Tests.Functions.Hosting.Logging;

public sealed class LogWriterTests
{
    private static readonly TextLogFormat Format = new(new LogIdentity("app", "host", "1"));

    [Fact]
    public async Task Dispose_WritesWhatIsQueued_ToEveryOutput()
    {
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        await using (var writer = new LogWriter(Format, [first, second], TimeProvider.System))
        {
            for (var i = 0; i < 1000; i++)
            {
                writer.Write(Plain($"line {i}"));
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"line {i}"), Lines(first));
        Assert.Equal(Lines(first), Lines(second));
    }

    [Fact]
    public async Task Write_WhenNobodyReads_NeitherWaitsNorLosesFatalLines()
    {
        using var stuck = new StuckStream();
        var writer = new LogWriter(Format, [stuck], TimeProvider.System);
        for (var i = 0; i < 50_000; i++)
        {
            writer.Write(Plain($"line {i}"));
        }

        writer.Write(new LogLine(DateTimeOffset.UnixEpoch, LogLevel.Critical, "s", "the end", null));
        stuck.Release();
        await writer.DisposeAsync();

        var lines = Lines(stuck.Written);
        Assert.Contains(lines, line => line.Contains("level=fatal msg=\"the end\"", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("log lines were dropped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logger_KeepsFrameworkAndLowLevelsOut()
    {
        using var output = new MemoryStream();
        await using (var writer = new LogWriter(Format, [output], TimeProvider.System))
        {
            using var factory = new DaprLoggerFactory(LogLevel.Information, writer, TimeProvider.System);
            foreach (var category in (string[])["dapr.runtime", "Microsoft.AspNetCore.X", "System.Net.X", "Microsoft.Extensions.Hosting.Internal.Host"])
            {
                var logger = factory.CreateLogger(category);
                foreach (var level in (LogLevel[])[LogLevel.Debug, LogLevel.Information, LogLevel.Warning, LogLevel.Error])
                {
                    logger.Log(level, default, level, null, (state, _) => $"{category}:{state}");
                }
            }
        }

        var messages = Lines(output).Select(line => line.Split("msg=\"")[1].Split('"')[0]);
        Assert.Equal(
            [
                "dapr.runtime:Information", "dapr.runtime:Warning", "dapr.runtime:Error", "Microsoft.AspNetCore.X:Warning", "Microsoft.AspNetCore.X:Error",
                "System.Net.X:Warning", "System.Net.X:Error",
            ],
            messages);
    }

    [Theory]
    [InlineData(LogLevel.Information, LogLevel.Warning, false)]
    [InlineData(LogLevel.Information, LogLevel.Error, true)]
    [InlineData(LogLevel.Debug, LogLevel.Warning, true)]
    public async Task Logger_Exception_ShowsItsStackWhereItSaysSomething(LogLevel least, LogLevel level, bool hasStack)
    {
        using var output = new MemoryStream();
        await using (var writer = new LogWriter(Format, [output], TimeProvider.System))
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(FailAsync);
            new DaprLogger("s", least, writer, TimeProvider.System).Log(level, default, 0, exception, (_, _) => "m");
        }

        var line = Assert.Single(Lines(output));
        Assert.Contains("InvalidOperationException: why", line, StringComparison.Ordinal);
        Assert.Equal(hasStack, line.Contains("   at ", StringComparison.Ordinal));
    }

    private static Task FailAsync() => throw new InvalidOperationException("why");

    private static LogLine Plain(string text) => new(DateTimeOffset.UnixEpoch, LogLevel.Information, null, text, null);

    private static string[] Lines(MemoryStream stream) => Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
}
