using System.Globalization;
using System.Text;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>The answer to one operation of a batch.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="ETag">The row's new version; null when there is none.</param>
/// <param name="Body">Its body.</param>
internal sealed record TableBatchPart(int Status, string? ETag, ReadOnlyMemory<byte> Body)
{
    /// <summary>Cuts a body at its boundary (RFC 2046, 5.1.1); what stands before and behind is left out.</summary>
    /// <exception cref="InvalidDataException">It does not begin with the boundary, or the closing one is missing.</exception>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> boundary)
    {
        byte[] delimiter = [.. "--"u8, .. boundary];
        List<ReadOnlyMemory<byte>> parts = [];
        var start = -1;
        for (var at = 0; at < body.Length;)
        {
            var found = body.Span[at..].IndexOf(delimiter);
            if (found < 0)
            {
                break;
            }

            // A boundary is a line; the same text inside one is content, and so is a longer boundary.
            var line = at + found;
            at = line + delimiter.Length;
            if (line > 0 && body.Span[line - 1] != '\n')
            {
                continue;
            }

            var rest = body.Span[at..];
            var isLast = rest.StartsWith("--"u8);
            if (!isLast && !IsLineEnd(rest))
            {
                continue;
            }

            if (start >= 0)
            {
                parts.Add(body[start..line]);
            }

            if (isLast)
            {
                return start >= 0 ? parts : throw new InvalidDataException("it has no parts");
            }

            start = at + rest.IndexOf((byte)'\n') + 1;
        }

        throw new InvalidDataException("its end is missing");
    }

    /// <summary>Takes the headers off a part.</summary>
    /// <exception cref="InvalidDataException">They do not end.</exception>
    public static (Dictionary<string, string> Headers, ReadOnlyMemory<byte> Content) SplitHead(ReadOnlyMemory<byte> part)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            var line = TakeLine(ref part);
            if (line.Length == 0)
            {
                return (headers, part);
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                throw new InvalidDataException("it has a header without a name");
            }

            headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }
    }

    /// <summary>Reads the answer that a part holds.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static TableBatchPart Read(ReadOnlyMemory<byte> content)
    {
        // Some put an empty line more behind the part's headers.
        var status = TakeLine(ref content);
        while (status.Length == 0)
        {
            status = TakeLine(ref content);
        }

        var words = status.Split(' ', 3);
        if (words.Length < 2 || !words[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || words[1].Length != 3
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code < 200)
        {
            throw new InvalidDataException("it has a part without a status");
        }

        var (headers, body) = SplitHead(content);
        return new TableBatchPart(code, headers.GetValueOrDefault("ETag"), body);
    }

    private static bool IsLineEnd(ReadOnlySpan<byte> rest) => rest.TrimStart(" \t"u8) is [(byte)'\r', (byte)'\n', ..] or [(byte)'\n', ..];

    private static string TakeLine(ref ReadOnlyMemory<byte> text)
    {
        var end = text.Span.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw new InvalidDataException("it ends within a head");
        }

        var line = Encoding.UTF8.GetString(text.Span[..end]).TrimEnd('\r');
        text = text[(end + 1)..];
        return line;
    }
}
