namespace Serverless.Components.Workflows.Instances;

/// <summary>A request to run a workflow again from one of its actions.</summary>
/// <remarks>Dapr docs: workflow-features-concepts, "Re-run from a specific point" (gRPC RerunWorkflowFromEvent).</remarks>
/// <param name="SourceId">The instance whose history is taken.</param>
/// <param name="EventId">The action to repeat: the number of an activity, a timer or a child.</param>
/// <param name="NewId">The id of the new instance.</param>
public sealed record WorkflowRerun(string SourceId, int EventId, string NewId)
{
    /// <summary>True when <see cref="Input"/> replaces the action's input.</summary>
    public bool HasInput { get; init; }

    /// <summary>The action's new input, or null.</summary>
    public string? Input { get; init; }
}
