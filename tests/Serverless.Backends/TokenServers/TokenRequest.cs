namespace Serverless.Backends.TokenServers;

/// <summary>A request that was received: its address, and its query or form.</summary>
public sealed record TokenRequest(string Method, string Host, string Path, IReadOnlyDictionary<string, string> Fields)
{
    public string? this[string field] => Fields.GetValueOrDefault(field);
}
