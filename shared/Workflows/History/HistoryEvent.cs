namespace Serverless.Components.Workflows.History;

/// <summary>One fact of a workflow's life. The history of an instance is the sequence of these, and replaying it gives its state.</summary>
/// <remarks>
/// Texts are JSON as the workflow or the caller gave it. What begins something the workflow waits for carries a number that counts such
/// actions from 0 within one execution; what answers it carries the same number as its task.
/// </remarks>
internal abstract record HistoryEvent
{
    /// <summary>When it came about, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
