namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>The service answers, but there is no container, or none that can be listed.</summary>
internal sealed class BlobFolderException(string message) : Exception(message);
