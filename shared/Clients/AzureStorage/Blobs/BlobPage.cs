namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>A piece of a listing, in the order of names.</summary>
/// <param name="Items">The blobs.</param>
/// <param name="Prefixes">What names share up to the delimiter, in place of those blobs.</param>
/// <param name="Next">Where the next page begins; null after the last one. A page may be empty and not the last.</param>
internal sealed record BlobPage(IReadOnlyList<BlobItem> Items, IReadOnlyList<string> Prefixes, string? Next);
