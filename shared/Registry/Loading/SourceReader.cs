using Serverless.Components.Registry.Sources;

namespace Serverless.Components.Registry.Loading;

/// <summary>Pulls the batches of one source, the first of them once however often it is asked for.</summary>
internal sealed class SourceReader(IResourceSource source, int index, CancellationToken stopping) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<ResourceBatch> _batches = source.ReadAsync(stopping).GetAsyncEnumerator(stopping);
    private Task<ResourceBatch>? _first;
    private volatile Task<bool>? _moving;

    public string Name => source.Name;

    public int Index => index;

    /// <summary>True when the first batch missed the start-up timeout.</summary>
    public bool IsLate { get; set; }

    /// <summary>True until a pass without a fault has been taken.</summary>
    public bool IsBehind { get; set; }

    /// <summary>The full sync.</summary>
    /// <remarks>Read on a thread of its own, because a file system may block.</remarks>
    public Task<ResourceBatch> FirstAsync() => _first ??= Task.Run(ReadFirstAsync);

    /// <summary>The next reload; null when the source has ended.</summary>
    public async Task<ResourceBatch?> NextAsync()
    {
        _moving = _batches.MoveNextAsync().AsTask();
        return await _moving ? _batches.Current : null;
    }

    /// <summary>Lets the source go, unless it is blocked in a pass: that can't be waited for.</summary>
    public ValueTask DisposeAsync() => _moving is { IsCompleted: true } ? _batches.DisposeAsync() : ValueTask.CompletedTask;

    private async Task<ResourceBatch> ReadFirstAsync() =>
        await NextAsync() ?? new ResourceBatch([], IsFullSync: true, "the source ended before its first full sync");
}
