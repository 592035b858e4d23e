namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What the service knows of a blob beside its content.</summary>
/// <param name="ETag">Changes with each change of content, headers or metadata; quotes included.</param>
internal sealed record BlobProperties(string ETag)
{
    /// <summary>The whole blob's bytes.</summary>
    public long Length { get; init; }

    public DateTimeOffset LastModified { get; init; }

    public BlobHeaders Headers { get; init; } = BlobHeaders.None;

    /// <summary>Names compare without case; a listing that was not asked for metadata has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = BlobUpload.NoMetadata;

    /// <summary><c>available</c>, <c>leased</c>, <c>expired</c>, <c>breaking</c> or <c>broken</c>; null when it was not told.</summary>
    public string? LeaseState { get; init; }
}
