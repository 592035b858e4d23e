using System.Text;

namespace Serverless.Backends.Apps;

/// <summary>A call that an app got.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path as it was sent, with its query.</param>
/// <param name="Headers">The headers, named as they were sent, found without case; several values have a comma between them.</param>
/// <param name="Body">The body.</param>
public sealed record AppRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
