namespace Serverless.Components.Bindings;

/// <summary>What a call of an output binding gives back.</summary>
public sealed record BindingResponse
{
    /// <summary>The bytes, passed on as they are; may be empty.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Passed on as headers <c>metadata.&lt;name&gt;</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
