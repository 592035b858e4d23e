namespace Serverless.Components.Workflows.Instances;

/// <summary>A page of instances.</summary>
/// <param name="Instances">The instances, without inputs and outputs that are kept apart for their size.</param>
/// <param name="Continuation">Asks for the next page; null at the end.</param>
public sealed record WorkflowList(IReadOnlyList<WorkflowState> Instances, string? Continuation);
