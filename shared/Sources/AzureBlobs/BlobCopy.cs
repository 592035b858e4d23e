namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>A blob as last read.</summary>
/// <param name="Name">Its name in the container.</param>
/// <param name="ETag">Its version.</param>
/// <param name="Text">What it held; empty when that can't be taken.</param>
/// <param name="Damage">Why it can't; null when it can.</param>
internal sealed record BlobCopy(string Name, string ETag, string Text, string? Damage = null)
{
    /// <summary>The name alone: the text may hold secrets.</summary>
    public override string ToString() => Name;
}
