using System.Collections.ObjectModel;

namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>A whole blob to write.</summary>
/// <param name="Content">Its bytes, which must not change until the call has ended; a single request takes more (5000 MiB) than memory holds in one piece.</param>
internal sealed record BlobUpload(ReadOnlyMemory<byte> Content)
{
    /// <summary>No metadata.</summary>
    public static IReadOnlyDictionary<string, string> NoMetadata { get; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The headers it is given.</summary>
    public BlobHeaders Headers { get; init; } = BlobHeaders.None;

    /// <summary>Names (letters, digits and underscores, no digit first) and values (printable ASCII), 8 KiB together.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = NoMetadata;

    /// <summary>What must hold.</summary>
    public BlobCondition Condition { get; init; } = BlobCondition.None;
}
