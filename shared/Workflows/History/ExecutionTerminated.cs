namespace Serverless.Components.Workflows.History;

/// <summary>The workflow was told to end.</summary>
/// <param name="Output">What becomes its output, or null.</param>
internal sealed record ExecutionTerminated(string? Output) : HistoryEvent
{
    /// <summary>The parent that ended and takes its children with it, and nobody else; null for a termination from outside.</summary>
    public string? ParentId { get; init; }
}
