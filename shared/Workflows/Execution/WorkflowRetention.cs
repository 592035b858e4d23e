namespace Serverless.Components.Workflows.Execution;

/// <summary>How long instances are kept after they ended; null for until they are purged.</summary>
/// <remarks>Dapr docs: operations/configuration/configuration-overview: spec.workflow.stateRetentionPolicy.</remarks>
public sealed record WorkflowRetention
{
    /// <summary>For each status that has no time of its own.</summary>
    public TimeSpan? AnyTerminal { get; init; }

    /// <summary>For those that completed.</summary>
    public TimeSpan? Completed { get; init; }

    /// <summary>For those that failed.</summary>
    public TimeSpan? Failed { get; init; }

    /// <summary>For those that were terminated.</summary>
    public TimeSpan? Terminated { get; init; }

    /// <summary>How long an instance of a status is kept.</summary>
    public TimeSpan? Of(WorkflowRuntimeStatus status) => status switch
    {
        WorkflowRuntimeStatus.Completed => Completed ?? AnyTerminal,
        WorkflowRuntimeStatus.Failed => Failed ?? AnyTerminal,
        WorkflowRuntimeStatus.Terminated => Terminated ?? AnyTerminal,
        WorkflowRuntimeStatus.Canceled => AnyTerminal,
        _ => null,
    };
}
