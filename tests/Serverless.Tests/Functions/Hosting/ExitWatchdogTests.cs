using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Hosting;

public sealed class ExitWatchdogTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private readonly RuntimeLifetime _lifetime = new();
    private int _exits;

    public void Dispose()
    {
        _lifetime.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData(5, null, 10_000)]
    [InlineData(5, 3, 13_000)]
    [InlineData(0, null, 1_000)]
    public void Stop_GivesRequestsAndComponentsTheirTime(int graceful, int? block, int milliseconds)
    {
        using var watchdog = Start(graceful, block);
        _time.Advance(TimeSpan.FromDays(1));
        _lifetime.RequestStop(0);
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.Equal(0, _exits);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _exits);
        Assert.StartsWith("Warning: not everything was closed within ", Assert.Single(_log.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Abort_WaitsForNothing(bool stopsFirst)
    {
        using var watchdog = Start(graceful: 60, block: 60);
        if (stopsFirst)
        {
            _lifetime.RequestStop(0);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _lifetime.RequestAbort(1);
        _time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(1, _exits);
    }

    [Fact]
    public void EndInTime_IsLeftAlone()
    {
        var watchdog = Start(graceful: 5, block: null);
        _lifetime.RequestStop(0);
        watchdog.Dispose();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, _exits);
    }

    private ExitWatchdog Start(int graceful, int? block)
    {
        var options = new RuntimeOptions
        {
            GracefulShutdown = TimeSpan.FromSeconds(graceful),
            BlockShutdown = block is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        return new ExitWatchdog(_lifetime, options, _log, _time, () =>
        {
            _exits++;
            return Task.CompletedTask;
        });
    }
}
