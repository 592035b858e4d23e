namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>A blob as last read.</summary>
/// <param name="Name">Its name in the container.</param>
/// <param name="ETag">Its version.</param>
/// <param name="Text">What it held.</param>
internal sealed record BlobCopy(string Name, string ETag, string Text)
{
    /// <summary>The name alone: the text may hold secrets.</summary>
    public override string ToString() => Name;
}
