namespace Serverless.Components.Clients.AzureStorage.Blobs;

/// <summary>A part of a blob.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">Most bytes of it; null means all that follow.</param>
internal readonly record struct BlobRange(long Offset, long? Length = null)
{
    /// <summary>The part as a header has it.</summary>
    public override string ToString() => Length is { } length ? $"bytes={Offset}-{Offset + length - 1}" : $"bytes={Offset}-";
}
