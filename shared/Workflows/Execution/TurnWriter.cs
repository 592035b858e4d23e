using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Puts together the commit of one turn.</summary>
/// <param name="worker">Who runs the turn.</param>
/// <param name="before">The instance as it was before the turn.</param>
/// <param name="turn">What the turn came to.</param>
/// <param name="now">The time of the turn.</param>
internal sealed class TurnWriter(Worker worker, WorkflowRecord before, WorkflowTurn turn, DateTimeOffset now)
{
    // Some stores take no more in one piece.
    private const int MostCommitBytes = 3 * 1024 * 1024;
    private const int LeastInlineBytes = 64;

    private readonly List<WorkItem> _work = [];
    private readonly List<string> _cancelled = [];
    private WorkPlaces _places;
    private int _inlineBytes;

    /// <summary>Large texts, to be put into the store before the commit.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Payloads { get; } = [];

    /// <summary>Writes the commit.</summary>
    /// <param name="consumed">The messages that it took.</param>
    /// <param name="completed">The work whose results it took.</param>
    public TurnCommit Write(IReadOnlyList<string> consumed, IReadOnlyList<WorkItem> completed)
    {
        for (_inlineBytes = HistoryCodec.MostInlineBytes; ; _inlineBytes /= 8)
        {
            var commit = WriteOnce(consumed, completed);
            if (_inlineBytes <= LeastInlineBytes || commit.History.Sum(chunk => (long)chunk.Length) + _work.Sum(item => (long)item.Content.Length) < MostCommitBytes)
            {
                return commit;
            }

            // More texts go apart.
            Payloads.Clear();
            _work.Clear();
            _cancelled.Clear();
        }
    }

    private TurnCommit WriteOnce(IReadOnlyList<string> consumed, IReadOnlyList<WorkItem> completed)
    {
        _places = worker.Places();
        var start = turn.ReplacesHistory ? turn.Events.OfType<ExecutionStarted>().First() : null;
        var executionId = start?.ExecutionId ?? before.ExecutionId;
        var version = before.Version + 1;
        var attempt = worker.NextAttempt();
        var key = PayloadKeys.OfCommit(executionId, version, attempt);
        var record = before with
        {
            ExecutionId = executionId,
            Version = version,
            Status = turn.Status,
            UpdatedAt = now,
            Start = start is null ? before.Start : EventChunk.Pack(start, key + "b.", Payloads),
            Outcome = new InstanceOutcome(turn.CustomStatus, turn.Output, turn.Failure).Pack(turn.Status, now, key, Payloads),
        };
        foreach (var action in turn.Actions)
        {
            Add(action, record, key, attempt);
        }

        if (turn.HasMore)
        {
            _work.Add(Item(record, WorkItem.TurnId, WorkKind.Turn, record.Name, now));
        }

        if (record.HasEnded && KeptFor(turn.Status) is { } kept)
        {
            _work.Add(Item(record, WorkIds.Purge(executionId), WorkKind.Purge, record.Name, now + kept));
        }

        return new TurnCommit
        {
            Record = record,
            ExpectedExecutionId = before.ExecutionId,
            ReplacesHistory = turn.ReplacesHistory,
            Ends = record.HasEnded,
            History = HistoryCodec.Encode(turn.Events, key, Payloads, _inlineBytes),
            Consumed = consumed,
            Owner = worker.Id,
            CompletedWork = completed,
            CancelledWork = _cancelled,
            NewWork = _work,
        };
    }

    private TimeSpan? KeptFor(WorkflowRuntimeStatus status)
    {
        var settings = worker.Scope.Settings;
        return status switch
        {
            WorkflowRuntimeStatus.Completed => settings.KeepCompleted,
            WorkflowRuntimeStatus.Failed => settings.KeepFailed,
            WorkflowRuntimeStatus.Terminated => settings.KeepTerminated,
            _ => null,
        } ?? settings.KeepEnded;
    }

    private void Add(WorkflowAction action, WorkflowRecord record, string key, string attempt)
    {
        switch (action)
        {
            // Nobody takes a result of what an ended instance asks for.
            case WorkflowAction.CallActivity or WorkflowAction.SetTimer when record.HasEnded:
                break;
            case WorkflowAction.CallActivity call:
                var scheduled = new TaskScheduled(call.TaskId, call.Name, call.Input) { Timestamp = now };
                var id = WorkIds.Activity(record.ExecutionId, call.TaskId);
                _work.Add(Item(record, id, WorkKind.Activity, call.Name, now, EventChunk.Pack(scheduled, $"{key}{id}.", Payloads, _inlineBytes)));
                break;
            case WorkflowAction.SetTimer timer:
                _work.Add(Item(record, WorkIds.Timer(record.ExecutionId, timer.TaskId), WorkKind.Timer, record.Name, timer.FireAt));
                break;
            case WorkflowAction.CancelTimer timer:
                _cancelled.Add(WorkIds.Timer(record.ExecutionId, timer.TaskId));
                break;
            case WorkflowAction.StartChild child:
                AddMessage(record, attempt, new(IsChild: true, child.InstanceId, child.Start.ExecutionId, default), child.Start);
                break;
            case WorkflowAction.Send send:
                AddMessage(record, attempt, new(IsChild: false, send.InstanceId, send.ExecutionId, default), send.Message);
                break;
        }
    }

    private void AddMessage(WorkflowRecord record, string attempt, CarriedMessage message, HistoryEvent content)
    {
        var id = WorkIds.Message(record.ExecutionId, record.Version, _work.Count);
        var chunk = EventChunk.Pack(content, $"{PayloadKeys.OfMessage(id)}{attempt}.", Payloads, _inlineBytes);
        _work.Add(Item(record, id, WorkKind.Message, record.Name, now, (message with { Event = chunk }).Pack()));
    }

    private WorkItem Item(WorkflowRecord record, string id, WorkKind kind, string name, DateTimeOffset due, ReadOnlyMemory<byte> content = default) => new()
    {
        InstanceId = record.InstanceId,
        WorkId = id,
        Kind = kind,
        Name = name,
        Due = due,
        Owner = _places.Take(kind, name, due - now) ? worker.Id : null,
        Content = content,
    };
}
