using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>What waits in this process for the next turn of one instance. One turn runs at a time.</summary>
internal sealed class InstanceQueue(string instanceId)
{
    private const int MostResults = 256;

    private readonly Lock _gate = new();
    private TurnBatch _next = new();
    private List<TaskCompletionSource>? _waiters;
    private bool _isRunning;
    private bool _isClosed;

    public string InstanceId => instanceId;

    /// <summary>The workflow, which limits by name go by; null while nobody has said it.</summary>
    public string? Name { get; set; }

    /// <summary>Turns since it was idle.</summary>
    public int Turns { get; set; }

    /// <summary>Adds to the next turn.</summary>
    /// <returns>True when the caller has to run it; null when it is closed and another one has to be made.</returns>
    public bool? Add(TurnReasons reasons, LocalResult? result, (WorkflowRecord, InboxMessage, HistoryEvent)? first, TaskCompletionSource? idle)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return null;
            }

            _next.Reasons |= reasons;
            if (result is not null)
            {
                _next.Results.Add(result);
            }

            _next.First = first ?? _next.First;
            if (idle is not null)
            {
                (_waiters ??= []).Add(idle);
            }

            return !_isRunning && (_isRunning = true);
        }
    }

    /// <summary>What the next turn begins with; null when there is nothing, and then the queue is closed.</summary>
    public TurnBatch? Take()
    {
        List<TaskCompletionSource>? idle;
        lock (_gate)
        {
            if (!_next.IsEmpty)
            {
                var batch = _next;
                _next = new TurnBatch();
                if (batch.Results.Count > MostResults)
                {
                    _next.Results.AddRange(batch.Results.Skip(MostResults));
                    batch.Results.RemoveRange(MostResults, batch.Results.Count - MostResults);
                }

                return batch;
            }

            _isClosed = true;
            (idle, _waiters) = (_waiters, null);
        }

        idle?.ForEach(waiter => waiter.TrySetResult());
        return null;
    }

    /// <summary>Puts back what a turn that failed began with.</summary>
    public void PutBack(TurnBatch batch)
    {
        lock (_gate)
        {
            _next.Reasons |= batch.Reasons;
            _next.Results.InsertRange(0, batch.Results);
            _next.First ??= batch.First;
        }
    }

    /// <summary>Closes it with what is in it; whoever waits learns why.</summary>
    public void Fail(Exception reason)
    {
        List<TaskCompletionSource>? waiting;
        lock (_gate)
        {
            _isClosed = true;
            (waiting, _waiters) = (_waiters, null);
        }

        waiting?.ForEach(waiter => waiter.TrySetException(reason));
    }
}
