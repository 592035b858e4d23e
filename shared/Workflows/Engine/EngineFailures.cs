namespace Serverless.Components.Workflows.Engine;

/// <summary>Failures that the engine itself gives a workflow.</summary>
internal static class EngineFailures
{
    /// <summary>Nobody registered the workflow; type and message are those of Dapr's workers.</summary>
    public static WorkflowFailure NotRegistered(string name) => new("OrchestratorTaskNotFound", $"No orchestrator task named '{name}' was found.") { IsNonRetriable = true };

    /// <summary>The code does something else than it did before.</summary>
    public static WorkflowFailure NonDeterminism(string workflow, string recorded, string attempted) => new(
        "WorkflowNonDeterminism",
        $"The workflow '{workflow}' does not repeat what it did before: recorded is {recorded}, attempted is {attempted}. Its code was changed while this instance was running, or depends on something that changes.")
    { IsNonRetriable = true };

    /// <summary>The code waits for something that the engine does not know.</summary>
    public static WorkflowFailure ForeignAwait(string workflow) => new(
        "WorkflowForeignAwait",
        $"The workflow '{workflow}' awaits something that its WorkflowContext did not give, such as Task.Delay, Task.Run, CancelAsync (use Cancel) or I/O. It may await only tasks of its context and combinations of them; everything else belongs in an activity.")
    { IsNonRetriable = true };

    /// <summary>The code never comes to rest.</summary>
    public static WorkflowFailure TooManyActions(string workflow, int most) => new(
        "WorkflowActionLimit", FormattableString.Invariant($"The workflow '{workflow}' began more than {most} actions without waiting for any of them."))
    { IsNonRetriable = true };

    /// <summary>What the parent of a terminated child sees.</summary>
    public static WorkflowFailure ChildTerminated(string instanceId) => new("WorkflowTerminated", $"The child workflow '{instanceId}' was terminated.") { IsNonRetriable = true };
}
