namespace Serverless.Components.Workflows;

/// <summary>What an activity knows of the call it answers.</summary>
/// <param name="name">The activity.</param>
/// <param name="instanceId">The workflow instance that calls it.</param>
/// <param name="executionId">The execution of the instance.</param>
/// <param name="taskId">The number of the call within the execution.</param>
/// <param name="cancellationToken">Fires when the result would be void.</param>
public sealed class WorkflowActivityContext(string name, string instanceId, string executionId, int taskId, CancellationToken cancellationToken)
{
    /// <summary>The activity.</summary>
    public string Name { get; } = name;

    /// <summary>The activity, as Dapr's SDK names it.</summary>
    public TaskIdentifier Identifier => new(Name);

    /// <summary>The workflow instance that calls it.</summary>
    public string InstanceId { get; } = instanceId;

    /// <summary>The execution of the instance; a workflow that continues as new has several.</summary>
    public string ExecutionId { get; } = executionId;

    /// <summary>The number of the call within the execution.</summary>
    public int TaskId { get; } = taskId;

    /// <summary>The same for each repetition of this call and for no other call: a key by which the outside world can recognise a repetition.</summary>
    public string TaskExecutionKey { get; } = FormattableString.Invariant($"{instanceId}-{executionId}-{taskId}");

    /// <summary>Fires when nobody takes the result any more, or the process ends: then the call is repeated elsewhere, or its workflow is over.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
