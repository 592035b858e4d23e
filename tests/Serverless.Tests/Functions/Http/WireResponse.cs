using System.Globalization;
using System.Text;

namespace Serverless.Tests.Functions.Http;

/// <summary>A response as it stood on the wire; chunks are joined.</summary>
internal sealed record WireResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public string? ContentType => Header("Content-Type");

    public string? Header(string name) =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).SingleOrDefault();

    public static WireResponse Parse(byte[] bytes)
    {
        var split = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(split > 0, $"no response head in '{Encoding.UTF8.GetString(bytes)}'");
        var lines = Encoding.UTF8.GetString(bytes, 0, split).Split("\r\n");
        var headers = lines[1..].Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair.Length > 1 ? pair[1] : "")).ToList();
        var body = bytes[(split + 4)..];
        if (headers.Contains(("Transfer-Encoding", "chunked")))
        {
            body = Join(body);
        }

        return new WireResponse(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetString(body));
    }

    private static byte[] Join(ReadOnlySpan<byte> chunked)
    {
        List<byte> body = [];
        while (true)
        {
            var line = chunked.IndexOf("\r\n"u8);
            var size = int.Parse(Encoding.ASCII.GetString(chunked[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return [.. body];
            }

            body.AddRange(chunked.Slice(line + 2, size));
            chunked = chunked[(line + 2 + size + 2)..];
        }
    }
}
