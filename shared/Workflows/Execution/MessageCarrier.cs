using System.Collections.ObjectModel;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Brings messages to other instances: appends an event, or creates a child.</summary>
/// <remarks>A message has the same id whoever brings it, so one that is brought twice is recognised.</remarks>
internal sealed class MessageCarrier(Worker worker)
{
    // Enough to keep a store busy; a fan-out of children must not take all its connections.
    private readonly ConcurrencyGate _places = new(static () => new ConcurrencyLimits(64, ReadOnlyDictionary<string, int>.Empty));
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private int _running;

    private ExecutionScope Scope => worker.Scope;

    /// <summary>How many are under way.</summary>
    public int Count => Volatile.Read(ref _running);

    /// <summary>Brings messages, those for one receiver in the order of the calls: what ends a child must not come before what starts it.</summary>
    public Task CarryAsync(IReadOnlyList<WorkItem> items) => Task.WhenAll(items.Select(QueueAsync));

    private Task QueueAsync(WorkItem item)
    {
        var receiver = CarriedMessage.Parse(item.Content).Receiver;
        Interlocked.Increment(ref _running);
        lock (_lanes)
        {
            if (!_lanes.TryGetValue(receiver, out var lane))
            {
                _lanes[receiver] = lane = new Lane();
            }

            lane.Waiting++;
            return lane.Last = CarryAfterAsync(lane.Last, receiver, lane, item);
        }
    }

    private async Task CarryAfterAsync(Task before, string receiver, Lane lane, WorkItem item)
    {
        await Task.Yield();
        try
        {
            await before.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await _places.EnterAsync("", worker.Lost);
            try
            {
                await worker.RetryAsync("bringing a message", () => CarryAsync(item));
            }
            finally
            {
                _places.Exit("");
            }
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            lock (_lanes)
            {
                if (--lane.Waiting == 0)
                {
                    _lanes.Remove(receiver);
                }
            }
        }
    }

    private async Task CarryAsync(WorkItem item)
    {
        var message = CarriedMessage.Parse(item.Content);
        if (message.IsChild ? await CreateAsync(item, message) : await AppendAsync(item, message))
        {
            await Scope.Store.CompleteAsync(item, worker.Id, null, worker.Lost);
        }

        if (HistoryCodec.PayloadKeys(message.Event).Count > 0)
        {
            await TrimAsync(item);
        }
    }

    // The message has arrived: what is left of it must not make it be brought again.
    private async ValueTask TrimAsync(WorkItem item)
    {
        try
        {
            await Scope.Store.TrimPayloadsAsync(item.InstanceId, PayloadKeys.OfMessage(item.WorkId), [], worker.Lost);
        }
        catch (WorkflowStoreException failure)
        {
            Scope.Trouble.Report("removing a payload", failure);
        }
    }

    private async ValueTask<bool> AppendAsync(WorkItem item, CarriedMessage message)
    {
        var chunk = message.Event;
        if (HistoryCodec.PayloadKeys(chunk).Count > 0)
        {
            var content = (await EventChunk.ReadAsync(Scope.Store, item.InstanceId, chunk, worker.Lost))[0];
            chunk = await EventChunk.WriteAsync(Scope.Store, message.Receiver, content, PayloadKeys.OfInbox(item.WorkId), worker.Lost);
        }

        var outcome = await Scope.Store.AppendAsync(message.Receiver, new InboxMessage(item.WorkId, message.ExecutionId, chunk), worker.TurnOwner, worker.Lost);
        await worker.NoteAppendAsync(message.Receiver, outcome);
        if (outcome is AppendOutcome.Dropped or AppendOutcome.NotFound && HistoryCodec.PayloadKeys(chunk).Count > 0)
        {
            await Scope.Store.TrimPayloadsAsync(message.Receiver, PayloadKeys.OfInbox(item.WorkId), [], worker.Lost);
        }

        return true;
    }

    // A child whose id is taken fails the task that waits for it: that is a result for the sender.
    private async ValueTask<bool> CreateAsync(WorkItem item, CarriedMessage message)
    {
        var start = (ExecutionStarted)(await EventChunk.ReadAsync(Scope.Store, item.InstanceId, message.Event, worker.Lost))[0];
        var created = await InstanceCreation.CreateAsync(Scope, worker, message.Receiver, start, item.WorkId, worker.Lost);
        if (start.Parent is not { } parent)
        {
            return true;
        }

        if (created == CreateOutcome.Created)
        {
            await EndWithAsync(item, message.Receiver, start.ExecutionId);
            return true;
        }

        var failure = new WorkflowFailure("ChildWorkflowExists", $"An active workflow with ID '{message.Receiver}' already exists.");
        var failed = new ChildFailed(parent.TaskId, failure) { Timestamp = Scope.Now };
        worker.Turns.Post(item.InstanceId, null, TurnReasons.None, new LocalResult(item, WorkIds.ExecutionOf(item.WorkId), failed));
        return false;
    }

    // A parent that was terminated meanwhile, by another process, found no child to tell.
    private async ValueTask EndWithAsync(WorkItem item, string child, string executionId)
    {
        if (await Scope.Store.FindAsync(item.InstanceId, worker.Lost) is { Status: WorkflowRuntimeStatus.Terminated })
        {
            var id = $"{item.WorkId}.t";
            var chunk = EventChunk.Pack(new ExecutionTerminated(null) { Timestamp = Scope.Now, ParentId = item.InstanceId }, PayloadKeys.OfInbox(id), new Dictionary<string, ReadOnlyMemory<byte>>());
            var outcome = await Scope.Store.AppendAsync(child, new InboxMessage(id, executionId, chunk), worker.TurnOwner, worker.Lost);
            await worker.NoteAppendAsync(child, outcome);
        }
    }

    // Messages for one receiver, one after the other.
    private sealed class Lane
    {
        public Task Last { get; set; } = Task.CompletedTask;

        public int Waiting { get; set; }
    }
}
