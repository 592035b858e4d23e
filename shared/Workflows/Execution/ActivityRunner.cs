using System.Collections.Concurrent;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Runs activities and gives their results to the turns.</summary>
internal sealed class ActivityRunner(Worker worker)
{
    private readonly ConcurrentDictionary<(string Instance, string Work), CancellationTokenSource> _running = new();
    private TaskCompletionSource? _idle;
    private int _begun;

    private ExecutionScope Scope => worker.Scope;

    /// <summary>How many are owned: they run, or wait for their turn to run.</summary>
    public int Count => _running.Count;

    /// <summary>Runs an activity as soon as the limits allow it.</summary>
    /// <param name="item">The work, owned.</param>
    /// <param name="idle">Completed once the result has had its turn; null when nobody waits for that.</param>
    public async Task RunAsync(WorkItem item, TaskCompletionSource? idle)
    {
        var key = (item.InstanceId, item.WorkId);
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(worker.Cut);
        if (!_running.TryAdd(key, cancelling))
        {
            idle?.TrySetResult();
            return;
        }

        try
        {
            var result = await RunAsync(item, cancelling.Token);
            worker.Turns.Post(item.InstanceId, null, TurnReasons.None, new LocalResult(item, WorkIds.ExecutionOf(item.WorkId), result), idle: idle);
        }
        catch (OperationCanceledException)
        {
            // Its result is void, or it is somebody else's once this session has ended.
            idle?.TrySetCanceled(CancellationToken.None);
        }
        catch (Exception failure)
        {
            // What is not known to be done is somebody's once this session has ended.
            worker.MarkUnsure();
            Scope.Trouble.Report("an activity", failure);
            idle?.TrySetException(failure);
        }
        finally
        {
            _running.TryRemove(key, out _);
            worker.NoteRoom();
        }
    }

    /// <summary>Cancels what an instance that is over asked for.</summary>
    public void Forget(string instanceId)
    {
        if (_running.IsEmpty)
        {
            return;
        }

        foreach (var (key, cancelling) in _running)
        {
            if (key.Instance == instanceId)
            {
                try
                {
                    cancelling.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // It has just ended by itself.
                }
            }
        }
    }

    /// <summary>Waits until none runs; what has not begun is not waited for.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _begun) > 0)
        {
            var idle = _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Volatile.Read(ref _begun) > 0)
            {
                await idle.Task.WaitAsync(cancellationToken);
            }
        }
    }

    private async Task<HistoryEvent> RunAsync(WorkItem item, CancellationToken cancellationToken)
    {
        await Scope.Activities.EnterAsync(item.Name, cancellationToken);
        Interlocked.Increment(ref _begun);
        try
        {
            if (worker.IsDraining)
            {
                throw new OperationCanceledException();
            }

            // An activity's code runs on a thread of its own until it waits, so that it holds up nobody.
            return await Task.Run(() => CallAsync(item, cancellationToken), cancellationToken);
        }
        finally
        {
            Scope.Activities.Exit(item.Name);
            if (Interlocked.Decrement(ref _begun) == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }

    private async Task<HistoryEvent> CallAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var scheduled = (TaskScheduled)await ReadAsync(item, cancellationToken);
        try
        {
            var (output, failure) = await CallAsync(item, scheduled, cancellationToken);
            return failure is null
                ? new TaskCompleted(scheduled.TaskId, output) { Timestamp = Scope.Now }
                : new TaskFailed(scheduled.TaskId, failure) { Timestamp = Scope.Now };
        }
        catch (Exception failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new TaskFailed(scheduled.TaskId, WorkflowFailure.FromException(failure)) { Timestamp = Scope.Now };
        }
    }

    private async ValueTask<(string? Output, WorkflowFailure? Failure)> CallAsync(WorkItem item, TaskScheduled scheduled, CancellationToken cancellationToken)
    {
        if (Scope.Catalog.FindActivity(scheduled.Name) is not { } activity)
        {
            return (null, RegisteredActivity.NotFound(scheduled.Name));
        }

        var context = new WorkflowActivityContext(scheduled.Name, item.InstanceId, WorkIds.ExecutionOf(item.WorkId), scheduled.TaskId, cancellationToken);
        if (activity.RemotePath is not { } path)
        {
            return (await activity.RunAsync(Scope.Catalog, context, scheduled.Input), null);
        }

        if (Scope.Options.Remote is not { } remote)
        {
            return (null, new WorkflowFailure("RemoteActivityUnavailable", $"The activity '{scheduled.Name}' is one of the app, and there is no app.") { IsNonRetriable = true });
        }

        var result = await remote(
            new RemoteActivityCall(scheduled.Name, path, scheduled.Input)
            {
                InstanceId = item.InstanceId,
                ExecutionId = context.ExecutionId,
                TaskId = scheduled.TaskId,
                IdempotencyKey = context.TaskExecutionKey,
            },
            cancellationToken);
        return (result.Output, result.Failure);
    }

    private async ValueTask<bool> IsOwnedAsync(WorkItem item, CancellationToken cancellationToken)
    {
        try
        {
            return await Scope.Store.ClaimAsync(item.InstanceId, item.WorkId, worker.Id, cancellationToken) is not null;
        }
        catch (WorkflowStoreException)
        {
            return true;
        }
    }

    private async ValueTask<HistoryEvent> ReadAsync(WorkItem item, CancellationToken cancellationToken)
    {
        var pause = new RetryPause();
        while (true)
        {
            try
            {
                return (await EventChunk.ReadAsync(Scope.Store, item.InstanceId, item.Content, cancellationToken))[0];
            }
            catch (WorkflowStoreException failure) when (!worker.IsHosted)
            {
                Scope.Trouble.Report("reading an activity's input", failure);
                await Task.Delay(pause.Next(), Scope.Time, cancellationToken);
            }

            // Its input goes with its workflow.
            if (!await IsOwnedAsync(item, cancellationToken))
            {
                throw new OperationCanceledException();
            }
        }
    }
}
