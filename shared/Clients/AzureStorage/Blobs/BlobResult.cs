using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What became of a change.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Refusal">The service's own words, to throw where the outcome was not expected; null when it is done.</param>
internal sealed record BlobResult(BlobOutcome Outcome, AzureServiceException? Refusal)
{
    /// <summary>True when it was executed.</summary>
    public bool IsDone => Outcome == BlobOutcome.Done;

    /// <summary>The blob's ETag after it, quotes included; null after a deletion.</summary>
    public string? ETag { get; init; }

    /// <summary>How long the lease that was broken still holds; null for anything else.</summary>
    public TimeSpan? LeaseRemains { get; init; }
}
