namespace Serverless.Functions.AppChannels;

/// <summary>A call of the app.</summary>
internal sealed record AppCall(HttpMethod Method, string Path)
{
    /// <summary>The body's type.</summary>
    public string ContentType { get; init; } = "application/json";

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Further headers, fit to be sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
