namespace Serverless.Components.Workflows.Instances;

/// <summary>A request to start a workflow.</summary>
/// <param name="InstanceId">The instance id.</param>
/// <param name="Name">The workflow.</param>
/// <param name="Input">The input as the caller gave it, normally JSON; may be empty.</param>
public sealed record WorkflowStart(string InstanceId, string Name, string Input)
{
    /// <summary>When it is to begin; null for at once.</summary>
    public DateTimeOffset? StartAt { get; init; }
}
