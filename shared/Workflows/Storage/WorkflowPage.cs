namespace Serverless.Components.Workflows.Storage;

/// <summary>A page of a list.</summary>
/// <param name="Records">The instances; fewer than the page's size does not mean that it is the last.</param>
/// <param name="Continuation">Where the next page begins; null at the end.</param>
internal sealed record WorkflowPage(IReadOnlyList<WorkflowRecord> Records, string? Continuation);
