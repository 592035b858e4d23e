namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>How a request ended that the service may refuse in the ordinary course of things.</summary>
internal enum BlobOutcome
{
    /// <summary>Executed.</summary>
    Done,

    /// <summary>The blob still has the ETag that the reader knows.</summary>
    NotModified,

    /// <summary>There is no such blob.</summary>
    BlobMissing,

    /// <summary>There is no such container.</summary>
    ContainerMissing,

    /// <summary>The blob has another ETag, is missing, or exists although it must not.</summary>
    ConditionNotMet,

    /// <summary>The blob's lease is someone else's, is needed and was not given, or was given and is not there.</summary>
    LeaseConflict,
}
