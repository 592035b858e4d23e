namespace Serverless.Components.State;

/// <summary>A deletion.</summary>
public sealed record StateDelete
{
    /// <summary>The stored key.</summary>
    public required string Key { get; init; }

    /// <summary>The ETag the stored entry must have; null or empty means none was given.</summary>
    public string? ETag { get; init; }

    /// <summary>Concurrency and consistency.</summary>
    public StateOptions Options { get; init; } = StateOptions.Default;

    /// <summary>Request metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = StateMetadata.Empty;

    /// <summary>True when an ETag was given.</summary>
    public bool HasETag => !string.IsNullOrEmpty(ETag);
}
