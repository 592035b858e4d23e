using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serverless.Functions.Hosting.Logging;

namespace Serverless.Tests.Functions.Hosting.Logging;

public sealed class LogFormatTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 1, 12, 0, 0, 5, TimeSpan.Zero);
    private static readonly LogIdentity Identity = new("app", "host 1", "1.2.0");

    [Fact]
    public void Text_IsDaprsLine() => Assert.Equal(
        "time=\"2026-08-01T12:00:00.0050000Z\" level=warning msg=\"it rains\" app_id=app instance=\"host 1\" scope=dapr.runtime type=log ver=1.2.0\n",
        Format(new TextLogFormat(Identity), new LogLine(Noon, LogLevel.Warning, "dapr.runtime", "it rains", null)));

    [Fact]
    public void Text_WithError_AddsTheField() => Assert.Contains(
        " app_id=app error=\"IOException: a\\nb\" instance=",
        Format(new TextLogFormat(Identity), new LogLine(Noon, LogLevel.Error, "s", "m", "IOException: a\nb")), StringComparison.Ordinal);

    [Fact]
    public void Text_WithoutScope_IsPlain() =>
        Assert.Equal("a\nb\n", Format(new TextLogFormat(Identity), new LogLine(Noon, LogLevel.Information, null, "a\nb", null)));

    [Theory]
    [InlineData("plain-Text_1./@^+", "plain-Text_1./@^+")]
    [InlineData("", "")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("say \"hi\" \\ x", "\"say \\\"hi\\\" \\\\ x\"")]
    [InlineData("line\nlevel=fatal\r\t", "\"line\\nlevel=fatal\\r\\t\"")]
    [InlineData("\u001b[31m\u007f", "\"\\x1b[31m\\x7f\"")]
    [InlineData("é 漢 😀", "\"é 漢 😀\"")]
    [InlineData("\u202ertl\u2028\u00a0", "\"\\u202ertl\\u2028\\u00a0\"")]
    public void Text_QuotesAsGo(string message, string quoted) => Assert.Contains(
        $" msg={quoted} app_id=",
        Format(new TextLogFormat(Identity), new LogLine(Noon, LogLevel.Information, "s", message, null)), StringComparison.Ordinal);

    [Theory]
    [InlineData(LogLevel.Trace, "debug")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warning")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "fatal")]
    public void Levels_AreDaprs(LogLevel level, string word) => Assert.Equal(word, LogLevels.Word(level));

    [Theory]
    [InlineData(null)]
    [InlineData("IOException: x")]
    public void Json_HasDaprsMembers(string? error)
    {
        var line = Format(new JsonLogFormat(Identity), new LogLine(Noon, LogLevel.Information, "dapr.runtime", "a \"b\"\nc", error));

        using var json = JsonDocument.Parse(line);
        var members = json.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString());
        var expected = new Dictionary<string, string?>
        {
            ["app_id"] = "app", ["instance"] = "host 1", ["level"] = "info", ["msg"] = "a \"b\"\nc", ["scope"] = "dapr.runtime",
            ["time"] = "2026-08-01T12:00:00.005Z", ["type"] = "log", ["ver"] = "1.2.0",
        };
        if (error is not null)
        {
            expected["error"] = error;
        }

        Assert.Equal(expected, members);
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void Text_Fields_AreSortedAmongTheOthersAndQuoted() => Assert.Equal(
        "time=\"2026-08-01T12:00:00.0050000Z\" level=info msg=\"HTTP API Called\" app_id=app code=204 duration=3 instance=\"host 1\" "
        + "method=\"GET /v1.0/x\\n\" scope=s size=0 type=log useragent=\"evil code=500\" ver=1.2.0\n",
        Format(new TextLogFormat(Identity), Call));

    [Fact]
    public void Json_Fields_AreMembersOfTheirOwn() => Assert.Equal(
        """{"app_id":"app","code":204,"duration":3,"instance":"host 1","level":"info","method":"GET /v1.0/x\n","msg":"HTTP API Called","scope":"s","size":0,"time":"2026-08-01T12:00:00.005Z","type":"log","useragent":"evil code=500","ver":"1.2.0"}""" + "\n",
        Format(new JsonLogFormat(Identity), Call));

    private static LogLine Call => new(Noon, LogLevel.Information, "s", "HTTP API Called", null)
    {
        Fields = [new("code", 204), new("duration", 3L), new("method", "GET /v1.0/x\n"), new("size", 0L), new("useragent", "evil code=500")],
    };

    private static string Format(ILogFormat format, LogLine line)
    {
        var buffer = new ArrayBufferWriter<byte>();
        format.Write(line, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
