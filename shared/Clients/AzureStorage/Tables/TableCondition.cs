namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>What must hold of the row that a request changes.</summary>
internal readonly record struct TableCondition
{
    private TableCondition(string ifMatch) => IfMatch = ifMatch;

    /// <summary>The row exists, whatever it holds.</summary>
    public static TableCondition Exists { get; } = new("*");

    /// <summary>The header's value.</summary>
    public string IfMatch { get; }

    /// <summary>The row is still the one that had this ETag, as the service spelled it.</summary>
    /// <exception cref="TableLimitException">It can't stand in a header; without one the write would be a blind one.</exception>
    public static TableCondition ETag(string? etag) => !string.IsNullOrWhiteSpace(etag) && !etag.AsSpan().ContainsAnyExceptInRange(' ', '~')
        ? new TableCondition(etag)
        : throw new TableLimitException("an ETag is printable ASCII and not empty");
}
