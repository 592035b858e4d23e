using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Runs turns: those of one instance one after the other, as long as something waits for it.</summary>
internal sealed partial class TurnRunner(Worker worker)
{
    /// <summary>How often a turn may throw what is no outage before its workflow is failed.</summary>
    private const int MostFaults = 5;

    /// <summary>How many turns an invocation of a function runs before the rest is left to the next.</summary>
    private const int MostTurnsOfInvocation = 200;

    private readonly ConcurrentDictionary<string, InstanceQueue> _queues = new(StringComparer.Ordinal);
    private readonly SharedInstances _shared = new(worker.Scope.Time);
    private TaskCompletionSource? _idle;

    private ExecutionScope Scope => worker.Scope;

    /// <summary>How many instances have something to do.</summary>
    public int Count => _queues.Count;

    /// <summary>Has an instance take a turn.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="name">Its workflow; null where that is not at hand.</param>
    /// <param name="reasons">Why.</param>
    /// <param name="result">A result for it, or null.</param>
    /// <param name="first">The instance, just created, or null.</param>
    /// <param name="idle">Completed when nothing waits for the instance any more; fails when a turn does. Null when nobody waits for that.</param>
    public void Post(string instanceId, string? name, TurnReasons reasons, LocalResult? result = null, (WorkflowRecord, InboxMessage, HistoryEvent)? first = null, TaskCompletionSource? idle = null)
    {
        while (true)
        {
            var queue = _queues.GetOrAdd(instanceId, static id => new InstanceQueue(id));
            queue.Name ??= name;
            switch (queue.Add(reasons, result, first, idle))
            {
                case true:
                    ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Runner.DrainAsync(state.Queue), (Runner: this, Queue: queue), preferLocal: false);
                    return;
                case false:
                    return;
            }

            // It was closed between the two lines, and goes away now.
            _queues.TryRemove(KeyValuePair.Create(instanceId, queue));
        }
    }

    /// <summary>Waits until no instance has anything to do.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        while (!_queues.IsEmpty)
        {
            var idle = _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_queues.IsEmpty)
            {
                await idle.Task.WaitAsync(cancellationToken);
            }
        }
    }

    private async Task DrainAsync(InstanceQueue queue)
    {
        var pause = new RetryPause();
        var faults = 0;
        while (queue.Take() is { } batch)
        {
            try
            {
                var name = await NameAsync(queue);
                await Scope.Turns.EnterAsync(name, worker.Lost);
                try
                {
                    await (faults < MostFaults ? TurnAsync(queue, batch) : FailAsync(queue.InstanceId, "its turns are not possible; the log says why", null));
                }
                finally
                {
                    Scope.Turns.Exit(name);
                }

                Scope.Trouble.Clear("a turn");
                faults = 0;
                pause.Reset();
                continue;
            }
            catch (Exception failure)
            {
                // What an outage leaves undone is done again; what was done is recognised.
                worker.MarkUnsure();
                if (worker.Lost.IsCancellationRequested || worker.IsHosted)
                {
                    Close(queue, failure);
                    return;
                }

                if (failure is not (WorkflowStoreException or OperationCanceledException))
                {
                    faults++;
                    LogFault(Scope.Logger, queue.InstanceId, failure);
                }

                Scope.Trouble.Report("a turn", failure);
                queue.PutBack(batch);
            }

            if (!await worker.PauseAsync(pause.Next()))
            {
                Close(queue, new OperationCanceledException());
                return;
            }
        }

        Close(queue, null);
    }

    // Looked up only where limits ask for it.
    private async ValueTask<string> NameAsync(InstanceQueue queue)
    {
        if (queue.Name is null && Scope.Settings.WorkflowLimits.Count > 0)
        {
            queue.Name = (await Scope.Store.FindAsync(queue.InstanceId, worker.Lost))?.Name;
        }

        return queue.Name ?? "";
    }

    private void Close(InstanceQueue queue, Exception? failure)
    {
        if (failure is not null)
        {
            queue.Fail(failure);
        }

        _queues.TryRemove(KeyValuePair.Create(queue.InstanceId, queue));
        worker.NoteRoom();
        if (_queues.IsEmpty)
        {
            _idle?.TrySetResult();
        }
    }

    [LoggerMessage(LogLevel.Error, "workflow '{Instance}': a turn was not possible")]
    private static partial void LogFault(ILogger logger, string instance, Exception failure);
}
