using Serverless.Components.Registry.Sources;

namespace Serverless.Components.Registry.Loading;

/// <summary>Pulls the batches of one source, the first of them once however often it is asked for.</summary>
internal sealed class SourceReader(IResourceSource source, int index, CancellationToken stopping)
{
    private readonly IAsyncEnumerator<ResourceBatch> _batches = source.ReadAsync(stopping).GetAsyncEnumerator(stopping);
    private Task<ResourceBatch>? _first;

    public string Name => source.Name;

    public int Index => index;

    /// <summary>True when the first batch missed the start-up timeout.</summary>
    public bool IsLate { get; set; }

    /// <summary>The full sync.</summary>
    public Task<ResourceBatch> FirstAsync() => _first ??= ReadFirstAsync();

    /// <summary>The next reload; null when the source has ended.</summary>
    public async Task<ResourceBatch?> NextAsync()
    {
        if (await _batches.MoveNextAsync())
        {
            return _batches.Current;
        }

        await _batches.DisposeAsync();
        return null;
    }

    private async Task<ResourceBatch> ReadFirstAsync() =>
        await NextAsync() ?? new ResourceBatch([], IsFullSync: true, "the source ended before its first full sync");
}
