namespace Serverless.Components.Workflows.Instances;

/// <summary>Which instances to list.</summary>
public sealed record WorkflowQuery
{
    /// <summary>In one of these statuses; empty for any.</summary>
    public IReadOnlyCollection<WorkflowRuntimeStatus> Statuses { get; init; } = [];

    /// <summary>Of this workflow; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>Created at or after; null for any time.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Created before; null for any time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Most instances of a page, 1 to 1000.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>What the page before gave; null for the first.</summary>
    public string? Continuation { get; init; }
}
