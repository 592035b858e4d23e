namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>Headers that are kept with a blob and sent with its content.</summary>
internal sealed record BlobHeaders
{
    /// <summary>None; the service then says <c>application/octet-stream</c>.</summary>
    public static BlobHeaders None { get; } = new();

    public string? ContentType { get; init; }

    /// <summary>Base64 of 16 bytes; a content that does not fit is refused.</summary>
    public string? ContentMd5 { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    public string? ContentDisposition { get; init; }

    public string? CacheControl { get; init; }
}
