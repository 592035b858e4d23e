namespace Serverless.Backends.Faults;

/// <summary>What a request came to, before it is sent.</summary>
public sealed record ServerAnswer(int Status)
{
    /// <summary>The body; empty means none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body's type.</summary>
    public string? ContentType { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
