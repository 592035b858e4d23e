using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>What became of a read.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Refusal">The service's own words, to throw where the outcome was not expected; null when it is done.</param>
internal sealed record BlobRead(BlobOutcome Outcome, AzureServiceException? Refusal)
{
    /// <summary>The content, or the part that was asked for; empty when only properties were.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The blob's properties; null unless it is done.</summary>
    public BlobProperties? Properties { get; init; }
}
