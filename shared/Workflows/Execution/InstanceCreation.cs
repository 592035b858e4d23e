using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Creates instances.</summary>
internal static class InstanceCreation
{
    /// <summary>Creates an instance, and begins with it where this process has room.</summary>
    /// <param name="scope">The runtime.</param>
    /// <param name="worker">The process's worker; null for one that runs nothing.</param>
    /// <param name="instanceId">The instance.</param>
    /// <param name="start">Its first event.</param>
    /// <param name="messageId">Tells the creation from a repetition.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    /// <param name="request">Its first message where that is not the start itself.</param>
    public static async ValueTask<CreateOutcome> CreateAsync(ExecutionScope scope, Worker? worker, string instanceId, ExecutionStarted start, string messageId, CancellationToken cancellationToken, EventSent? request = null)
    {
        var now = scope.Now;
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var chunk = EventChunk.Pack(start, PayloadKeys.OfCommit(start.ExecutionId, 0, ""), payloads);
        var first = request is null ? chunk : EventChunk.Pack(request, PayloadKeys.OfCommit(start.ExecutionId, 0, "r"), payloads);
        await EventChunk.PutAsync(scope.Store, instanceId, payloads, cancellationToken);
        var record = new WorkflowRecord
        {
            InstanceId = instanceId,
            Name = start.Name,
            ExecutionId = start.ExecutionId,
            Version = 0,
            Status = WorkflowRuntimeStatus.Pending,
            CreatedAt = now,
            UpdatedAt = now,
            Start = chunk,
        };
        var due = start.ScheduledStart is { } later && later > now ? later : now;
        var owner = due > now ? null : worker?.TurnOwner;
        var message = new InboxMessage(messageId, start.ExecutionId, first);
        CreateOutcome outcome;
        try
        {
            outcome = await scope.Store.CreateAsync(
                new NewWorkflow { Record = record, First = message, Owner = owner, Due = due, KeptPayloads = [PayloadKeys.OfExecution(start.ExecutionId), PayloadKeys.OfMessages] },
                cancellationToken);
        }
        catch (Exception) when (owner is not null)
        {
            // It may be there, with its turn in our name.
            worker!.Turns.Post(instanceId, start.Name, TurnReasons.Unsure);
            throw;
        }

        if (outcome == CreateOutcome.Created && owner is not null)
        {
            worker!.Turns.Post(instanceId, start.Name, TurnReasons.None, first: (record, message, request ?? (HistoryEvent)start));
        }
        else if (outcome == CreateOutcome.Created)
        {
            await FreeWork.AnnounceAsync(scope, worker, [new() { InstanceId = instanceId, WorkId = WorkItem.TurnId, Kind = WorkKind.Turn, Name = start.Name, Due = due }], cancellationToken);
        }

        if (outcome == CreateOutcome.IsActive && payloads.Count > 0)
        {
            await scope.Store.TrimPayloadsAsync(instanceId, PayloadKeys.OfExecution(start.ExecutionId), [], cancellationToken);
        }

        return outcome;
    }
}
