using System.Text;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;

namespace Serverless.Tests.Components.Workflows.Engine.Simulation;

/// <summary>An instance as a store keeps it, and the live execution that a process may have of it.</summary>
internal sealed class SimulatedInstance(string id, WorkflowCatalog catalog, string executionId)
{
    private WorkflowExecution? _live;
    private WorkflowExecution? _other;

    public string Id => id;

    public string ExecutionId { get; private set; } = executionId;

    public List<HistoryEvent> History { get; } = [];

    public List<(string Id, string? ExecutionId, HistoryEvent Event)> Inbox { get; } = [];

    public WorkflowRuntimeStatus Status { get; private set; } = WorkflowRuntimeStatus.Pending;

    public bool HasEnded => Status is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Terminated;

    public bool HasMore { get; private set; }

    public string? Output { get; private set; }

    public WorkflowFailure? Failure { get; private set; }

    /// <summary>Repetitions of what is in the inbox, and what is for another execution or for nobody, is dropped.</summary>
    public void Append(string message, string? execution, HistoryEvent arrived)
    {
        if (!HasEnded && (execution is null || execution == ExecutionId) && Inbox.All(other => other.Id != message))
        {
            Inbox.Add((message, execution, arrived));
        }
    }

    /// <summary>Forgets the live execution.</summary>
    public void Crash() => _live = null;

    /// <summary>Lets another process go on, which has seen only what was stored.</summary>
    public void ChangeProcess() => (_live, _other) = (_other, _live);

    /// <summary>Runs a turn with the first messages, in a live and in a restored execution, which must come to the same.</summary>
    public WorkflowTurn Advance(int messages, DateTimeOffset now)
    {
        HistoryEvent[] arrived = [.. Inbox.Take(messages).Where(message => message.ExecutionId is null || message.ExecutionId == ExecutionId).Select(message => message.Event)];
        _live ??= WorkflowExecution.Restore(id, catalog, [.. History]);
        var turn = _live.Advance(now, arrived);
        var restored = WorkflowExecution.Restore(id, catalog, [.. History]).Advance(now, arrived);
        Assert.Equal(Text(turn), Text(restored));
        return turn;
    }

    public void Commit(int messages, WorkflowTurn turn)
    {
        Inbox.RemoveRange(0, messages);
        if (turn.ReplacesHistory)
        {
            History.Clear();
            _other = null;
        }

        History.AddRange(turn.Events);
        _other?.Replay(turn.Events);
        ExecutionId = _live!.ExecutionId ?? ExecutionId;
        (Status, HasMore, Output, Failure) = (turn.Status, turn.HasMore, turn.Output, turn.Failure);
        if (HasEnded)
        {
            Inbox.Clear();
        }

        CheckHistory();
    }

    /// <summary>The history as it is stored.</summary>
    public string HistoryText => Text(History);

    /// <summary>All that a turn says, but for where in the code a failure was thrown.</summary>
    public static string Text(WorkflowTurn turn)
    {
        var text = new StringBuilder(Text(turn.Events));
        foreach (var action in turn.Actions)
        {
            text.Append(action is WorkflowAction.Send { Message: ChildFailed failed } send ? send with { Message = failed with { Failure = failed.Failure with { StackTrace = null } } } : action).Append('\n');
        }

        return text.Append(FormattableString.Invariant($"{turn.Status} {turn.ReplacesHistory} {turn.HasMore} {turn.CustomStatus} {turn.Output} {turn.Failure?.ErrorMessage}")).ToString();
    }

    private static string Text(IReadOnlyList<HistoryEvent> events)
    {
        HistoryEvent[] plain = [.. events.Select(past => past is ExecutionCompleted { Failure: { } failure } end ? end with { Failure = failure with { StackTrace = null } } : past)];
        return string.Concat(HistoryCodec.Encode(plain, "k", new Dictionary<string, ReadOnlyMemory<byte>>()).Select(chunk => Encoding.UTF8.GetString(chunk.Span) + "\n"));
    }

    /// <summary>Nothing counts twice.</summary>
    private void CheckHistory()
    {
        var answers = History.Select(past => past switch
        {
            TaskCompleted e => $"{e.TaskId}",
            TaskFailed e => $"{e.TaskId}",
            TimerFired e => $"{e.TaskId}",
            ChildCompleted e => $"{e.TaskId}",
            ChildFailed e => $"{e.TaskId}",
            EventRaised e => $"event {e.MessageId}",
            ExecutionStarted or ExecutionCompleted => past.GetType().Name,
            _ => null,
        }).OfType<string>().ToList();
        Assert.Equal(answers.Count, answers.Distinct().Count());
    }
}
