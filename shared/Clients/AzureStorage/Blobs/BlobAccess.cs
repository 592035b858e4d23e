namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What a container lets anyone read, without any proof.</summary>
internal enum BlobAccess
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Blobs whose name is known.</summary>
    Blob,

    /// <summary>The list of blobs too.</summary>
    Container,
}
