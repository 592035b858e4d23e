namespace Serverless.Components.Bindings;

/// <summary>Something an input binding read.</summary>
public sealed record BindingEvent
{
    /// <summary>The bytes, which become the body of the call.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Becomes headers of the call.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
