namespace Serverless.Components.Workflows.Instances;

/// <summary>Starts and manages workflow instances: the built-in engine, or a component in front of another one.</summary>
/// <remarks>
/// Dapr docs: reference/api/workflow_api. Each change is durable when the call returns and takes effect soon after. Expected outcomes are
/// values; <see cref="WorkflowEngineException"/> is for an engine that can't do what it is asked, and its message reaches the caller.
/// </remarks>
public interface IWorkflowEngine
{
    /// <summary>Creates an instance. One of this id that has ended is replaced.</summary>
    ValueTask<WorkflowOutcome> StartAsync(WorkflowStart start, CancellationToken cancellationToken);

    /// <summary>Reads an instance; null when there is none.</summary>
    ValueTask<WorkflowState?> GetAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Sends an external event. An instance that has ended takes none, which is a success.</summary>
    ValueTask<WorkflowOutcome> RaiseEventAsync(string instanceId, string eventName, string payload, CancellationToken cancellationToken);

    /// <summary>Suspends, resumes or terminates; terminating reaches the children too. An instance that has ended ignores it, which is a success.</summary>
    ValueTask<WorkflowOutcome> ControlAsync(string instanceId, WorkflowControl control, CancellationToken cancellationToken);

    /// <summary>Removes an instance that has ended, and its children.</summary>
    ValueTask<WorkflowOutcome> PurgeAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Lists instances, the newest first; null when the continuation is none that a list gave.</summary>
    ValueTask<WorkflowList?> ListAsync(WorkflowQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the history of the present execution, oldest event first; null when there is no such instance.</summary>
    ValueTask<IReadOnlyList<WorkflowHistoryEntry>?> GetHistoryAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Starts a new instance that takes over the history of another up to, and without, an action, and goes on from there.</summary>
    ValueTask<WorkflowOutcome> RerunAsync(WorkflowRerun rerun, CancellationToken cancellationToken);
}
