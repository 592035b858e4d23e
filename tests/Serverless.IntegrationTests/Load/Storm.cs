using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.Load;

/// <summary>Load on a store while a test breaks what is below it, and the proof afterwards that nothing acknowledged is lost.</summary>
internal sealed class Storm : IAsyncDisposable
{
    private const int Writers = 6;
    private const int KeysOfEach = 150;
    private const int CounterWorkers = 3;
    private const int Readers = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static int _storms;

    private readonly StateHttp _state;
    private readonly bool _hasCounter;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<StormWriter> _writers;
    private readonly StormCounter _counter;
    private readonly List<Task> _running;
    private int _reads;
    private int _failedReads;

    private Storm(StateHttp state, int number, bool isStrong, bool hasTransactions, CancellationToken cancellationToken)
    {
        (_state, _hasCounter, _cancellation) = (state, !isStrong, cancellationToken);

        // The braces are a cluster's hash tag: a writer's keys may meet in a transaction.
        _writers = [.. Enumerable.Range(0, Writers).Select(writer => new StormWriter($"{{storm-{number}-{writer}}}") { KeyCount = KeysOfEach, IsStrong = isStrong, HasTransactions = hasTransactions })];
        _counter = new StormCounter(CounterKey(number));
        _running =
        [
            .. _writers.Select(writer => Task.Run(() => writer.RunThroughErrorsAsync(state, _stop.Token, cancellationToken), cancellationToken)),
            .. Enumerable.Range(0, _hasCounter ? CounterWorkers : 0).Select(_ => Task.Run(() => _counter.RunAsync(state, _stop.Token, cancellationToken), cancellationToken)),
            .. Enumerable.Range(0, Readers).Select(reader => Task.Run(() => ReadAsync([$"{{storm-{number}-{reader}}}-1", $"storm-{number}-absent"]), cancellationToken)),
        ];
    }

    /// <summary>Writes that were acknowledged.</summary>
    public int Acknowledged => _writers.Sum(writer => writer.Ledger.Acknowledgements);

    /// <summary>Writes that were answered with an error.</summary>
    public int FailedWrites => _writers.Sum(writer => writer.Errors);

    /// <summary>Reads that were answered with an error.</summary>
    public int FailedReads => Volatile.Read(ref _failedReads);

    /// <summary>Starts it. A strong one waits for the replicas and has no counters.</summary>
    public static Storm Start(StateHttp state, CancellationToken cancellationToken, bool isStrong = false) =>
        new(state, Interlocked.Increment(ref _storms), isStrong, hasTransactions: true, cancellationToken);

    /// <summary>Starts it on a store without transactions, which saves an absent key without an ETag only.</summary>
    public static async Task<Storm> StartPlainAsync(StateHttp state, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _storms);
        Assert.True((await state.SaveAsync(CounterKey(number), "0", cancellationToken)).IsSuccess);
        return new Storm(state, number, isStrong: false, hasTransactions: false, cancellationToken);
    }

    /// <summary>Goes on until every writer, the counter and the readers have each been served so many times more.</summary>
    public async Task ServeAsync(int count)
    {
        var goals = _writers.ConvertAll(writer => writer.Ledger.Acknowledgements + count);
        var reads = Volatile.Read(ref _reads) + count;
        var counted = _counter.Acknowledged + (_hasCounter ? count : 0);
        await UntilAsync("all are served", () =>
            Volatile.Read(ref _reads) >= reads
            && _counter.Acknowledged >= counted
            && _writers.Zip(goals).All(pair => pair.First.Ledger.Acknowledgements >= pair.Second));
    }

    /// <summary>Goes on until so many more writes have failed.</summary>
    public async Task FailAsync(int count)
    {
        var goal = FailedWrites + count;
        await UntilAsync("writes fail", () => FailedWrites >= goal);
    }

    /// <summary>Ends the load, every request answered, and checks what is there now.</summary>
    public async Task AssertNothingLostAsync(StateHttp? after = null)
    {
        await StopAsync();
        var complaints = new List<string>();
        foreach (var ledger in _writers.Select(writer => writer.Ledger))
        {
            foreach (var key in ledger.Keys)
            {
                var answer = await (after ?? _state).GetAsync(key, _cancellation);
                Assert.True(answer.IsSuccess, answer.ToString());
                if (ledger.Complaint(key, answer.Body.Length > 0 ? long.Parse(answer.Body, CultureInfo.InvariantCulture) : null) is { } complaint)
                {
                    complaints.Add(complaint);
                }
            }
        }

        Assert.Empty(complaints);
        Assert.Null(await _counter.ComplaintAsync(after ?? _state, _cancellation));
    }

    /// <summary>Ends the load; fails when a request was not answered as it must be.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static string CounterKey(int number) => $"storm-{number}-counter";

    // Reads and deletes what is not there too.
    private async Task ReadAsync(string[] keys)
    {
        while (!_stop.IsCancellationRequested)
        {
            var answer = await _state.GetAsync(keys[0], _cancellation);
            Assert.True(answer.IsSuccess || answer.ErrorCode == "ERR_STATE_GET", answer.ToString());
            Count(answer.IsSuccess);

            var several = await _state.GetAllAsync(keys, _cancellation);
            Assert.Equal(HttpStatusCode.OK, several.Status);
            Count(JsonNode.Parse(several.Body)!.AsArray().All(item => item!["error"] is null));

            var deletion = await _state.DeleteAsync(keys[1], _cancellation);
            Assert.True(deletion.Fate is WriteFate.Made or WriteFate.NotMade or WriteFate.Unknown);
        }
    }

    private void Count(bool isSuccess) => Interlocked.Increment(ref isSuccess ? ref _reads : ref _failedReads);

    private async Task UntilAsync(string what, Func<bool> condition)
    {
        await Eventually.MustAsync(what, () => Task.FromResult(condition() || _running.Exists(task => task.IsFaulted)), Limit, _cancellation);
        foreach (var failed in _running.Where(task => task.IsFaulted))
        {
            await failed;
        }
    }
}
