namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What the service would refuse, or understand otherwise than it is meant; nothing was sent.</summary>
internal sealed class BlobRequestException(string message) : Exception(message);
