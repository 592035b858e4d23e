using System.Text;

namespace Serverless.Backends.WebServices;

/// <summary>A request in whole, as it came over the wire.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The target as it stood in the request line.</param>
/// <param name="Headers">By name without case; several values are joined by a comma and a space.</param>
/// <param name="Body">The body.</param>
public sealed record ScriptedCall(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The target's path.</summary>
    public string Path => Target.Split('?')[0];

    /// <summary>Fingerprint of the client's certificate, or null.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
