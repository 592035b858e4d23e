using Serverless.Components.State;

namespace Serverless.Functions.State;

/// <summary>Reads many keys side by side and gives the results in the order asked, without holding more than it must.</summary>
/// <param name="count">How many reads there are.</param>
/// <param name="parallelism">The caller's wish; zero or less means as many as allowed.</param>
/// <param name="read">Starts the read of that number; never throws but for cancellation.</param>
internal sealed class OrderedReads(int count, long parallelism, Func<int, ValueTask<(StateEntry? Entry, string? Fault)>> read)
{
    // Dapr has no bound; one caller could then occupy the store alone.
    private const int MostParallel = 100;

    // Until sizes are known, few reads run ahead; then as many as fit into the budget, judged by the largest value so far.
    private const int FirstWindow = 8;
    private const int Budget = 16 << 20;

    private readonly Queue<Task<(StateEntry? Entry, string? Fault)>> _running = new();
    private readonly int _limit = parallelism is > 0 and < MostParallel ? (int)parallelism : MostParallel;
    private int _started;
    private int _largest;
    private int _done;

    /// <summary>The next result in order.</summary>
    public async Task<(StateEntry? Entry, string? Fault)> NextAsync()
    {
        while (_started < count && _running.Count < Window())
        {
            _running.Enqueue(read(_started++).AsTask());
        }

        var result = await _running.Dequeue();
        _largest = Math.Max(_largest, result.Entry?.Value.Length ?? 0);
        _done++;
        return result;
    }

    private int Window() => Math.Min(_limit, _done < FirstWindow ? FirstWindow : Math.Max(1, Budget / Math.Max(1, _largest)));
}
