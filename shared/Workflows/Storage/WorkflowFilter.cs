namespace Serverless.Components.Workflows.Storage;

/// <summary>Which instances to list.</summary>
internal sealed record WorkflowFilter
{
    /// <summary>In one of these statuses; empty for any.</summary>
    public IReadOnlyCollection<WorkflowRuntimeStatus> Statuses { get; init; } = [];

    /// <summary>Of this workflow; null for any.</summary>
    public string? Name { get; init; }

    /// <summary>Created at or after; null for any time.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Created before; null for any time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Most instances of a page.</summary>
    public required int PageSize { get; init; }

    /// <summary>Where the page before ended; null for the first page.</summary>
    public string? Continuation { get; init; }
}
