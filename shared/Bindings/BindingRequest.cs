namespace Serverless.Components.Bindings;

/// <summary>A call of an output binding.</summary>
public sealed record BindingRequest
{
    /// <summary>One of the binding's operations.</summary>
    public required string Operation { get; init; }

    /// <summary>The JSON text of the caller's <c>data</c>: a string keeps its quotes, and absent data is <c>null</c>.</summary>
    public ReadOnlyMemory<byte> Data { get; init; } = BindingData.Null;

    /// <summary>The caller's metadata; names compare with case.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
