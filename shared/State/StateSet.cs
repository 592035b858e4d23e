namespace Serverless.Components.State;

/// <summary>A write.</summary>
public sealed record StateSet
{
    /// <summary>The stored key.</summary>
    public required string Key { get; init; }

    /// <summary>
    /// The bytes to store: compact JSON text, or ciphertext when <see cref="IsBinary"/>. They must not change until the call has
    /// ended; then the store no longer uses the memory.
    /// </summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>True when the value is not JSON text, so that stores with a text column encode it.</summary>
    public bool IsBinary { get; init; }

    /// <summary>The ETag the stored entry must have; null or empty means none was given.</summary>
    public string? ETag { get; init; }

    /// <summary>Concurrency and consistency.</summary>
    public StateOptions Options { get; init; } = StateOptions.Default;

    /// <summary>Item metadata, for example <c>ttlInSeconds</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = StateMetadata.Empty;

    /// <summary>The item's <c>contentType</c>, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>True when an ETag was given.</summary>
    public bool HasETag => !string.IsNullOrEmpty(ETag);
}
