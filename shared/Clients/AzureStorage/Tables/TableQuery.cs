namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Which rows to read, and what of them.</summary>
/// <param name="Filter">Null means all.</param>
internal sealed record TableQuery(TableFilter? Filter)
{
    /// <summary>Names of the properties to read, keys included; null means all.</summary>
    public IReadOnlyList<string>? Select { get; init; }

    /// <summary>Most rows of a page, from 1 to 1000.</summary>
    public int PageSize { get; init; } = TableLimits.PageSize;
}
