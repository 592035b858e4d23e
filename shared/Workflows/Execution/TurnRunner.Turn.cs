using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>One turn: load what is new, advance, commit, and take on what the commit made.</summary>
internal sealed partial class TurnRunner
{
    private async ValueTask TurnAsync(InstanceQueue queue, TurnBatch batch)
    {
        if (batch.Results.Count > 0 && (!worker.Folds || _shared.Contains(queue.InstanceId)))
        {
            await HandInAsync(queue, batch);
        }

        var live = Scope.Cache.Take(queue.InstanceId);
        IReadOnlyList<InboxMessage> inbox = [];
        if (batch.First is { } first)
        {
            (live, inbox) = (new LiveInstance(first.Record, WorkflowExecution.Restore(queue.InstanceId, Scope.Catalog, [])), [first.Message]);
        }
        else
        {
            var looks = await LooksAsync(queue, batch);
            if (!looks && batch.Results.Count == 0 && (batch.Reasons & TurnReasons.More) == 0)
            {
                // Another process has the turn, or it is over.
                if (live is not null)
                {
                    Scope.Cache.Put(live);
                }

                return;
            }

            if (live is null || looks)
            {
                if (await Scope.Store.LoadAsync(queue.InstanceId, live?.Known ?? KnownVersion.None, worker.Lost) is not { } loaded)
                {
                    return;
                }

                live = await InstanceReader.ReadAsync(Scope, live, loaded, worker.Lost);
                inbox = loaded.Inbox;
            }
        }

        var messages = await ReadAsync(live.Record, inbox, batch);
        var results = batch.Results.Where(result => result.ExecutionId == live.Record.ExecutionId).ToList();
        await DropAsync(live.Record, batch);
        if (live.Record.HasEnded)
        {
            return;
        }

        if (messages.Count == 0 && inbox.Count == 0 && results.Count == 0 && (batch.Reasons & (TurnReasons.Claimed | TurnReasons.More)) == 0)
        {
            Scope.Cache.Put(live);
            return;
        }

        messages.AddRange(results.Select(result => result.Event));
        var now = Scope.Now;
        WorkflowTurn turn;
        if (messages.Find(message => message is EventSent) is EventSent request)
        {
            // What else has come is for the turn after this one.
            inbox = [.. inbox.Take(1)];
            (live, turn) = await RerunAsync(live.Record, request, now);
        }
        else
        {
            turn = live.Execution.Advance(now, messages);
        }

        if (turn is { Events.Count: 0, Actions.Count: 0 } && inbox.Count == 0 && results.Count == 0 && (batch.Reasons & TurnReasons.Claimed) == 0)
        {
            Scope.Cache.Put(live);
            return;
        }

        var writer = new TurnWriter(worker, live.Record, turn, now);
        var commit = writer.Write([.. inbox.Select(message => message.Id)], [.. results.Select(result => result.Item)]);
        await EventChunk.PutAsync(Scope.Store, queue.InstanceId, writer.Payloads, worker.Lost);
        var committed = await Scope.Store.CommitAsync(commit, worker.Lost);
        if (committed.Outcome == CommitOutcome.Committed)
        {
            live.HasPayloads |= writer.Payloads.Count > 0;
            await AfterAsync(queue, batch, live, turn, commit, committed.HasMore);
            await TrimAsync(live, inbox, commit);
        }
        else
        {
            // The live instance is spent: the turn changed it. Another process may be at it for a while.
            if (committed.Outcome == CommitOutcome.Conflict)
            {
                _shared.Add(queue.InstanceId);
            }

            await HandInAsync(queue, batch);
            queue.Add(batch.Reasons | TurnReasons.Unsure, null, null, null);
        }
    }

    private async ValueTask<(LiveInstance, WorkflowTurn)> RerunAsync(WorkflowRecord record, EventSent request, DateTimeOffset now)
    {
        var rerun = RerunRequest.Read(request, record.InstanceId);
        var source = await Scope.Store.LoadAsync(rerun.SourceId, KnownVersion.None, worker.Lost);
        var history = source is null ? [] : await InstanceReader.DecodeAsync(Scope, source, worker.Lost);
        return HistoryRerun.Create(Scope.Catalog, history, rerun, record.ExecutionId, now) is { } made
            ? (new LiveInstance(record, made.Execution), made.Turn)
            : (new LiveInstance(record, WorkflowExecution.Restore(record.InstanceId, Scope.Catalog, [])), Fail(record, $"the workflow '{rerun.SourceId}' to be run again is gone", now));
    }

    // A child was refused of which nobody waits to hear. Activities and timers went with the execution that asked for them; messages outlive it.
    private async ValueTask DropAsync(WorkflowRecord record, TurnBatch batch)
    {
        foreach (var result in batch.Results)
        {
            if (result.Item.Kind == WorkKind.Message && (record.HasEnded || result.ExecutionId != record.ExecutionId))
            {
                await Scope.Store.CompleteAsync(result.Item, worker.Id, null, worker.Lost);
            }
        }
    }

    // Results go to the inbox, where whoever runs the next turn finds them.
    private async ValueTask HandInAsync(InstanceQueue queue, TurnBatch batch)
    {
        foreach (var result in batch.Results)
        {
            if (await HandInAsync(result))
            {
                batch.Reasons |= TurnReasons.Unsure;
            }
        }

        batch.Results.Clear();
        if (!worker.Folds && (batch.Reasons & TurnReasons.Unsure) != 0)
        {
            // All processes share a limit, so the turn is for whoever gets it by a claim.
            batch.Reasons &= ~TurnReasons.Unsure;
            await worker.ReleaseAsync(new WorkItem { InstanceId = queue.InstanceId, WorkId = WorkItem.TurnId, Kind = WorkKind.Turn, Name = queue.Name ?? "", Due = Scope.Now });
        }
    }

    private async ValueTask<bool> HandInAsync(LocalResult result)
    {
        var id = result.Item.WorkId;
        var chunk = await EventChunk.WriteAsync(Scope.Store, result.Item.InstanceId, result.Event, PayloadKeys.OfInbox($"{id}.{worker.NextAttempt()}"), worker.Lost);
        return await Scope.Store.CompleteAsync(result.Item, worker.Id, new InboxMessage(id, result.ExecutionId, chunk), worker.Lost);
    }

    private async ValueTask<bool> LooksAsync(InstanceQueue queue, TurnBatch batch)
    {
        if (batch.Reasons == TurnReasons.Unsure && await Scope.Store.ClaimAsync(queue.InstanceId, WorkItem.TurnId, worker.Id, worker.Lost) is not null)
        {
            batch.Reasons |= TurnReasons.Claimed;
        }

        return (batch.Reasons & (TurnReasons.Owned | TurnReasons.Claimed)) != 0;
    }

    private async ValueTask<List<HistoryEvent>> ReadAsync(WorkflowRecord record, IReadOnlyList<InboxMessage> inbox, TurnBatch batch)
    {
        var events = new List<HistoryEvent>(inbox.Count + batch.Results.Count);
        foreach (var message in inbox)
        {
            if (batch.First is { } first)
            {
                events.Add(first.Event);
            }
            else if (message.ExecutionId is null || message.ExecutionId == record.ExecutionId)
            {
                events.AddRange(await EventChunk.ReadAsync(Scope.Store, record.InstanceId, message.Event, worker.Lost));
            }
        }

        return events;
    }

    private async ValueTask AfterAsync(InstanceQueue queue, TurnBatch batch, LiveInstance live, WorkflowTurn turn, TurnCommit commit, bool hasMore)
    {
        queue.Turns++;
        live.Record = commit.Record;
        if (commit.ReplacesHistory)
        {
            (live.HistoryBytes, live.PayloadKeys) = (0, null);
        }

        foreach (var chunk in commit.History)
        {
            live.Count(chunk);
        }

        if (commit.Ends || commit.ReplacesHistory)
        {
            worker.Forget(queue.InstanceId);
        }

        worker.CancelTimers(queue.InstanceId, commit.CancelledWork);
        if (!commit.Ends)
        {
            Scope.Cache.Put(live);
        }

        var reasons = turn.HasMore ? TurnReasons.More : TurnReasons.None;
        if (hasMore)
        {
            reasons |= (batch.Reasons & (TurnReasons.Owned | TurnReasons.Claimed)) != 0 ? TurnReasons.Owned : TurnReasons.Unsure;
        }

        if (reasons != TurnReasons.None && worker.IsHosted && queue.Turns >= MostTurnsOfInvocation)
        {
            await worker.ReleaseAsync(TurnItem(live.Record, Scope.Now));
        }
        else if (reasons != TurnReasons.None)
        {
            queue.Add(reasons, null, null, null);
        }

        await worker.TakeOnAsync(commit.NewWork);
    }

    // Payloads of messages are in the history now; when an execution is over, only those of what stays are needed.
    private async ValueTask TrimAsync(LiveInstance live, IReadOnlyList<InboxMessage> inbox, TurnCommit commit)
    {
        var id = live.Record.InstanceId;
        foreach (var key in inbox.SelectMany(message => HistoryCodec.PayloadKeys(message.Event)).Where(PayloadKeys.IsOfInbox))
        {
            await Scope.Store.TrimPayloadsAsync(id, key, [], worker.Lost);
        }

        if (!live.HasPayloads)
        {
            return;
        }

        if (commit.ReplacesHistory)
        {
            await Scope.Store.TrimPayloadsAsync(id, PayloadKeys.OfExecution(commit.ExpectedExecutionId), [], worker.Lost);
        }
        else if (commit.Ends)
        {
            var keys = live.PayloadKeys ?? [];
            keys.UnionWith(HistoryCodec.PayloadKeys(live.Record.Start));
            keys.UnionWith(InstanceOutcome.PayloadKeys(live.Record.Outcome));
            await Scope.Store.TrimPayloadsAsync(id, PayloadKeys.OfExecution(live.Record.ExecutionId), keys, worker.Lost);
        }
    }

    private static WorkItem TurnItem(WorkflowRecord record, DateTimeOffset due) =>
        new() { InstanceId = record.InstanceId, WorkId = WorkItem.TurnId, Kind = WorkKind.Turn, Name = record.Name, Due = due };
}
