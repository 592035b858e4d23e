namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What must hold for a request to be executed.</summary>
/// <param name="IfMatch">The ETag the blob must have, quotes included; <c>*</c> asks for any blob.</param>
/// <param name="IfNoneMatch">The ETag it must not have; <c>*</c> asks for no blob.</param>
/// <param name="LeaseId">The lease under which a leased blob is changed.</param>
internal sealed record BlobCondition(string? IfMatch = null, string? IfNoneMatch = null, string? LeaseId = null)
{
    /// <summary>No condition.</summary>
    public static BlobCondition None { get; } = new();

    /// <summary>The blob must not exist.</summary>
    public static BlobCondition Absent { get; } = new(IfNoneMatch: "*");

    /// <summary>The blob must have this ETag.</summary>
    public static BlobCondition Matches(string etag) => new(IfMatch: etag);
}
