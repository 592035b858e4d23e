using System.Globalization;
using System.Text;

namespace Serverless.IntegrationTests.Wire;

/// <summary>A request exactly as it goes on the wire: no client library cleans the target or adds headers.</summary>
public sealed record RawRequest(string Method, string Target)
{
    /// <summary>The body, or null for none (then no Content-Length is sent).</summary>
    public byte[]? Body { get; init; }

    /// <summary>Headers besides Host, Connection and Content-Length.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The bytes to send.</summary>
    public byte[] ToBytes(string host)
    {
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{Method} {Target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (Body is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. Body ?? []];
    }
}
