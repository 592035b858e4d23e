namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>Which blobs to list.</summary>
internal sealed record BlobQuery
{
    /// <summary>What their names begin with.</summary>
    public string? Prefix { get; init; }

    /// <summary>Names that have this behind the prefix are told as <see cref="BlobPage.Prefixes"/>.</summary>
    public string? Delimiter { get; init; }

    /// <summary>True to get their metadata too.</summary>
    public bool IncludesMetadata { get; init; }

    /// <summary>What else to list or tell: <c>copy</c>, <c>snapshots</c>, <c>uncommittedblobs</c>, <c>deleted</c>.</summary>
    public IReadOnlyList<string> Includes { get; init; } = [];

    /// <summary>Most blobs and prefixes of a page, 1 to 5000; null means 5000.</summary>
    public int? PageSize { get; init; }

    /// <summary><see cref="BlobPage.Next"/> of the page before; null for the first.</summary>
    public string? Marker { get; init; }
}
