using System.Globalization;
using System.Text;

namespace Serverless.IntegrationTests.Wire;

/// <summary>A response as it came off the wire.</summary>
public sealed record RawResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The body as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The first header of that name, or null.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();

    /// <summary>Reads what a server sent until it closed the connection; an answer to HEAD has no body whatever its length says.</summary>
    /// <exception cref="FormatException">It is no complete HTTP/1.1 response.</exception>
    public static RawResponse Parse(ReadOnlySpan<byte> bytes, bool isHead = false)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            throw new FormatException($"no complete response head in {bytes.Length} bytes: {Encoding.UTF8.GetString(bytes)}");
        }

        var lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = lines.Skip(1)
            .Select(line => line.Split(':', 2))
            .Select(pair => (Name: pair[0], Value: pair[1].Trim()))
            .ToList();
        var response = new RawResponse(status, headers, []);
        var body = bytes[(end + 4)..];
        return isHead ? response with { Body = body.ToArray() } : response with { Body = response.Decode(body) };
    }

    private byte[] Decode(ReadOnlySpan<byte> body)
    {
        if (string.Equals(Header("Transfer-Encoding"), "chunked", StringComparison.OrdinalIgnoreCase))
        {
            return Unchunk(body);
        }

        if (Header("Content-Length") is { } text && Status is not (204 or 304))
        {
            var length = int.Parse(text, CultureInfo.InvariantCulture);
            return length <= body.Length
                ? body[..length].ToArray()
                : throw new FormatException($"the body ended after {body.Length} of {length} bytes");
        }

        return body.ToArray();
    }

    private static byte[] Unchunk(ReadOnlySpan<byte> body)
    {
        var whole = new MemoryStream();
        while (true)
        {
            var line = body.IndexOf("\r\n"u8);
            if (line < 0)
            {
                throw new FormatException("the chunked body ended early");
            }

            var size = int.Parse(Encoding.ASCII.GetString(body[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return whole.ToArray();
            }

            whole.Write(body.Slice(line + 2, size));
            body = body[(line + 2 + size + 2)..];
        }
    }
}
