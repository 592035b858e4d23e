namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>A blob in a listing.</summary>
internal sealed record BlobItem(string Name, BlobProperties Properties);
