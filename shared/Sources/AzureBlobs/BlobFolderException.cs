namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>The container answers, but what it holds can't be taken.</summary>
internal sealed class BlobFolderException(string message) : Exception(message);
