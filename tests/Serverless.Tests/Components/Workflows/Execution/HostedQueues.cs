using System.Threading.Channels;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Execution;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Queues and a host in memory: rings doorbells when they are due, again when an answer fails, and gives up after five times.</summary>
internal sealed class HostedQueues : IWorkflowDispatcher
{
    private const int MostDeliveries = 5;
    private readonly Channel<(WorkflowDoorbell Doorbell, int Count)> _queue = Channel.CreateUnbounded<(WorkflowDoorbell, int)>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<WorkflowDoorbell> _poison = [];
    private readonly List<Task> _running = [];
    private int _sent;
    private int _answering;

    public IReadOnlyList<string> Capabilities => [];

    public string TurnsQueue => "turns";

    public string ActivitiesQueue => "activities";

    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestDelay => TimeSpan.FromMilliseconds(300);

    /// <summary>Doorbells are lost while it is true.</summary>
    public bool Loses { get; set; }

    public int Sent => _sent;

    /// <summary>How many invocations are under way.</summary>
    public int Answering => Volatile.Read(ref _answering);

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask SendAsync(IReadOnlyList<WorkflowDoorbell> doorbells, CancellationToken cancellationToken)
    {
        foreach (var doorbell in doorbells)
        {
            Interlocked.Increment(ref _sent);
            if (!Loses)
            {
                Deliver(doorbell, 1);
            }
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DrainPoisonAsync(Func<WorkflowDoorbell, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        foreach (var doorbell in _poison.ToArray())
        {
            await take(doorbell, cancellationToken);
            _poison.Remove(doorbell);
        }
    }

    /// <summary>An instance of the app that takes doorbells, so many at a time.</summary>
    public void Serve(WorkflowRuntime runtime, int atATime = 16)
    {
        for (var i = 0; i < atATime; i++)
        {
            _running.Add(Task.Run(() => ServeAsync(runtime)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
        _stopping.Dispose();
    }

    private async Task ServeAsync(WorkflowRuntime runtime)
    {
        try
        {
            await foreach (var (doorbell, count) in _queue.Reader.ReadAllAsync(_stopping.Token))
            {
                Interlocked.Increment(ref _answering);
                try
                {
                    await runtime.AnswerAsync(doorbell, _stopping.Token);
                }
                catch (Exception failure) when (failure is WorkflowStoreException or WorkflowDispatchException)
                {
                    Deliver(doorbell, count);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    if (count == MostDeliveries)
                    {
                        _poison.Add(doorbell);
                    }
                    else
                    {
                        Deliver(doorbell, count + 1);
                    }
                }
                finally
                {
                    Interlocked.Decrement(ref _answering);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void Deliver(WorkflowDoorbell doorbell, int count)
    {
        var wait = doorbell.Due - TimeProvider.System.GetUtcNow();
        _ = DeliverAsync(doorbell, count, wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestDelay ? wait : LongestDelay);
    }

    private async Task DeliverAsync(WorkflowDoorbell doorbell, int count, TimeSpan wait)
    {
        await Task.Delay(wait, TimeProvider.System, CancellationToken.None);
        _queue.Writer.TryWrite((doorbell, count));
    }
}
