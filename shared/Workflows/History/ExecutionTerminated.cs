namespace Serverless.Components.Workflows.History;

/// <summary>The workflow was told to end.</summary>
/// <param name="Output">What becomes its output, or null.</param>
internal sealed record ExecutionTerminated(string? Output) : HistoryEvent
{
    /// <summary>The instance whose children are to end, and whose alone; null for whom the id names.</summary>
    public string? ParentId { get; init; }
}
