using Serverless.Backends.Processes;
using Serverless.Components.State;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State;

public sealed class ExpiryCleanupTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ManualTimeProvider _clock = new();
    private readonly LogCapture _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Round_Each_ComesAfterTheIntervalAndTellsWhatItRemoved()
    {
        await using var cleanup = Start(_ => Task.FromResult(3));
        _clock.Advance(Interval - TimeSpan.FromSeconds(1));
        Assert.Empty(_log.Messages);

        _clock.Advance(TimeSpan.FromSeconds(1));

        await LoggedAsync(1);
        Assert.Equal(["Debug: component 'statestore': removed 3 expired rows"], _log.Messages);
    }

    [Fact]
    public async Task Round_Fails_IsLoggedAndTheNextOneComes()
    {
        // A cancellation that nobody asked for is a failure too.
        Queue<Func<Task<int>>> rounds = new(
        [
            () => throw new InvalidOperationException("at once"),
            () => Task.FromCanceled<int>(new CancellationToken(canceled: true)),
            () => Task.FromResult(1),
        ]);
        await using var cleanup = Start(_ => rounds.Dequeue()());

        for (var round = 1; round <= 3; round++)
        {
            _clock.Advance(Interval);
            await LoggedAsync(round);
        }

        Assert.Equal(
            [.. Enumerable.Repeat("Error: component 'statestore': expired rows were not removed", 2), "Debug: component 'statestore': removed 1 expired rows"],
            _log.Messages);
    }

    [Fact]
    public async Task Dispose_RoundFailsOverIt_EndsQuietly()
    {
        var isUnderWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cleanup = Start(async token =>
        {
            isUnderWay.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("the connection is gone");
        });
        _clock.Advance(Interval);
        await isUnderWay.Task.WaitAsync(Limit, Cancel);

        await cleanup.DisposeAsync().AsTask().WaitAsync(Limit, Cancel);

        Assert.Empty(_log.Messages);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    private ExpiryCleanup Start(Func<CancellationToken, Task<int>> remove) => new(StateContexts.Create("state.test", _clock).LoggingTo(_log), Interval, remove);

    private Task LoggedAsync(int lines) => Eventually.MustAsync($"{lines} lines", () => Task.FromResult(_log.Messages.Count == lines), Limit, Cancel);
}
