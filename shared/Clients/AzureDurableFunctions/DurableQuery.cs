namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>Which orchestrations to list.</summary>
internal sealed record DurableQuery
{
    /// <summary>In one of these statuses, as the API spells them; empty for any.</summary>
    public IReadOnlyCollection<string> Statuses { get; init; } = [];

    /// <summary>Created at or after; null for any time.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Created at or before; null for any time.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>Most of a page.</summary>
    public required int PageSize { get; init; }

    /// <summary>What the page before gave; null for the first.</summary>
    public string? Continuation { get; init; }
}
