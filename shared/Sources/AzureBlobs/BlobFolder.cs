using System.Text;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Components.Sources.AzureBlobs;

/// <summary>The YAML blobs right below a folder of a container, as last read.</summary>
/// <param name="container">The container.</param>
/// <param name="folder">What the blobs' names begin with: empty, or with a slash at its end.</param>
internal sealed class BlobFolder(BlobContainerClient container, string folder) : IDisposable
{
    private const int ReadsAtOnce = 8;

    // A listing costs little, and so shall what it leads to.
    private const long LargestBlob = 4 << 20;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private BlobCopy[] _blobs = [];

    /// <summary>The blobs in the order of their names.</summary>
    public IReadOnlyList<BlobCopy> Blobs => _blobs;

    /// <summary>Takes blobs that were read before.</summary>
    public void Restore(IEnumerable<BlobCopy> blobs) => _blobs = [.. blobs];

    /// <summary>Lists the folder, and reads the blobs with another ETag.</summary>
    /// <returns>True when anything has changed. When it throws, nothing has.</returns>
    /// <exception cref="AzureException">The container can't be read.</exception>
    /// <exception cref="BlobFolderException">There is no such container, or its listing has no end.</exception>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var known = _blobs.ToDictionary(blob => blob.Name, StringComparer.Ordinal);
        var listed = await ListAsync(cancellationToken);
        if (listed.Count == known.Count && listed.All(item => known.GetValueOrDefault(item.Name)?.ETag == item.Properties.ETag))
        {
            return false;
        }

        var next = new BlobCopy?[listed.Count];
        var reading = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, listed.Count, reading, async (index, cancel) =>
        {
            var item = listed[index];
            next[index] = known.GetValueOrDefault(item.Name) is { } copy && copy.ETag == item.Properties.ETag ? copy : await ReadAsync(item, cancel);
        });
        _blobs = [.. next.OfType<BlobCopy>()];
        return true;
    }

    public void Dispose() => container.Dispose();

    private async Task<List<BlobItem>> ListAsync(CancellationToken cancellationToken)
    {
        var items = new List<BlobItem>();
        string? next = null;
        do
        {
            var page = await container.ListAsync(new BlobQuery { Prefix = folder, Delimiter = "/", Marker = next }, cancellationToken)
                ?? throw new BlobFolderException($"Blob Storage at {container.Address.Host}: there is no container {container.Address.AbsolutePath.TrimStart('/')}");
            items.AddRange(page.Items.Where(item => Path.GetExtension(item.Name) is ".yaml" or ".yml"));
            next = page.Next is null || page.Next != next ? page.Next : throw new BlobFolderException($"Blob Storage at {container.Address.Host}: the listing has no end");
        }
        while (next is not null);
        return [.. items.DistinctBy(item => item.Name).OrderBy(item => item.Name, StringComparer.Ordinal)];
    }

    // Null when it was deleted meanwhile. A blob that can't be taken is damaged like one that is no YAML, and holds up no other.
    private async Task<BlobCopy?> ReadAsync(BlobItem item, CancellationToken cancellationToken)
    {
        if (item.Properties.Length > LargestBlob)
        {
            return Damaged(item.Name, item.Properties.ETag, $"a blob of resources can't be larger than {LargestBlob >> 20} MiB");
        }

        BlobRead read;
        try
        {
            read = await container.GetAsync(item.Name, BlobCondition.None, range: null, cancellationToken);
        }
        catch (BlobRequestException fault)
        {
            return Damaged(item.Name, item.Properties.ETag, fault.Message);
        }

        if (read.Outcome is BlobOutcome.BlobMissing)
        {
            return null;
        }

        if (read.Refusal is { } refusal)
        {
            throw refusal;
        }

        try
        {
            return new BlobCopy(item.Name, read.Properties!.ETag, StrictUtf8.GetString(read.Content.Span).TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException)
        {
            return Damaged(item.Name, read.Properties!.ETag, "is not text in UTF-8");
        }
    }

    private static BlobCopy Damaged(string name, string etag, string why) => new(name, etag, "", $"{name}: {why}");
}
