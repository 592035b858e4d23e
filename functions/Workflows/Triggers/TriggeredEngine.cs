using Serverless.Components.Workflows.Dispatch;

namespace Serverless.Functions.Workflows.Triggers;

/// <summary>What the functions of workflows ask of this process's engine.</summary>
internal sealed record TriggeredEngine
{
    /// <summary>Does what a doorbell is for; returns when it may be acknowledged.</summary>
    public required Func<WorkflowDoorbell, CancellationToken, ValueTask> Answer { get; init; }

    /// <summary>Fails the workflow of a doorbell, for a reason.</summary>
    public required Func<WorkflowDoorbell, string, CancellationToken, ValueTask> Fail { get; init; }

    /// <summary>Looks after what others left behind.</summary>
    public required Func<CancellationToken, ValueTask> Sweep { get; init; }
}
