namespace Serverless.Components.Workflows.Storage;

/// <summary>An instance without its history.</summary>
internal sealed record WorkflowRecord
{
    /// <summary>The instance id.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The workflow.</summary>
    public required string Name { get; init; }

    /// <summary>The present execution; a new one begins with each creation and each continue-as-new.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Counts the commits since the instance was created, from 0; grows also over continue-as-new.</summary>
    public required long Version { get; init; }

    /// <summary>The status.</summary>
    public required WorkflowRuntimeStatus Status { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last committed, UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The encoded first event: name, input, parent. Changes with the execution only.</summary>
    public required ReadOnlyMemory<byte> Start { get; init; }

    /// <summary>The encoded custom status, output and failure; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Outcome { get; init; }

    /// <summary>True when the instance takes no more events and may be replaced.</summary>
    public bool HasEnded => IsEnd(Status);

    /// <summary>True for the statuses of an instance that has ended.</summary>
    public static bool IsEnd(WorkflowRuntimeStatus status) =>
        status is WorkflowRuntimeStatus.Completed or WorkflowRuntimeStatus.Failed or WorkflowRuntimeStatus.Canceled or WorkflowRuntimeStatus.Terminated;
}
