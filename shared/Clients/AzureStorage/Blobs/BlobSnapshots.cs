namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What a deletion does with a blob's snapshots.</summary>
internal enum BlobSnapshots
{
    /// <summary>A blob that has some is not deleted.</summary>
    Keep,

    /// <summary>They go with the blob.</summary>
    Include,

    /// <summary>They go, the blob stays.</summary>
    Only,
}
