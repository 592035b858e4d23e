using System.Buffers;
using System.Text;

namespace Serverless.Components.Bindings.Http;

/// <summary>The address of an http binding, and those below it that callers name by <c>path</c>.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/http. The path is joined with exactly one slash and may carry a query,
/// which follows the address's own. What would leave the address is refused: a segment <c>..</c>, however it is escaped.
/// </remarks>
internal sealed class HttpTarget
{
    private const int LongestPath = 16 << 10;
    private const string UpperHex = "0123456789ABCDEF";

    // RFC 3986: pchar, the slash and the escape; a query has the question mark too.
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create("%/:@!$&'()*+,;=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create("%/?:@!$&'()*+,;=-._~[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private readonly string _prefix;
    private readonly string _query;

    /// <summary>The target at an absolute address.</summary>
    public HttpTarget(Uri url)
    {
        Url = url;
        _prefix = url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/";
        _query = url.Query;
    }

    /// <summary>The address itself.</summary>
    public Uri Url { get; }

    /// <summary>The address of a path below.</summary>
    /// <exception cref="BindingException">The path can't be joined, or would lead elsewhere.</exception>
    public Uri At(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return Url;
        }

        var mark = path.IndexOf('?', StringComparison.Ordinal);
        var name = (mark < 0 ? path : path[..mark]).TrimStart('/');
        Check(path, name);
        var text = new StringBuilder(_prefix, _prefix.Length + path.Length + _query.Length + 8);
        Append(text, name, PathCharacters);
        text.Append(_query);
        if (mark >= 0)
        {
            text.Append(_query.Length > 0 ? '&' : '?');
            Append(text, path.AsSpan(mark + 1), QueryCharacters);
        }

        return Uri.TryCreate(text.ToString(), AsWritten, out var address) ? address : throw new BindingException("metadata 'path': no address comes of it");
    }

    private static void Check(string path, string name)
    {
        var fault = name.Length > LongestPath ? $"longer than {LongestPath} characters"
            : path.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0 || path.Contains('\u007f', StringComparison.Ordinal) ? "invalid control character in URL"
            : path.Contains('#', StringComparison.Ordinal) ? "'#' must be written as %23"
            : name.Contains('\\', StringComparison.Ordinal) ? "'\\' must be written as %5C"
            : BadEscape(name) is { } escape ? $"invalid URL escape \"{escape}\""
            : Leaves(name) ? "it leaves the component's url"
            : null;
        if (fault is not null)
        {
            throw new BindingException($"metadata 'path': {fault}");
        }
    }

    private static string? BadEscape(string name)
    {
        for (var index = name.IndexOf('%', StringComparison.Ordinal); index >= 0; index = name.IndexOf('%', index + 1))
        {
            if (index + 2 >= name.Length || !char.IsAsciiHexDigit(name[index + 1]) || !char.IsAsciiHexDigit(name[index + 2]))
            {
                return name[index..Math.Min(index + 3, name.Length)];
            }
        }

        return null;
    }

    // Servers differ in how often they unescape, in whether a backslash separates, and in what follows a semicolon.
    private static bool Leaves(string name)
    {
        if (!name.AsSpan().ContainsAny('.', '%'))
        {
            return false;
        }

        while (true)
        {
            foreach (var range in name.AsSpan().SplitAny('/', '\\'))
            {
                var segment = name.AsSpan()[range];
                var end = segment.IndexOfAny(';', '\0');
                if ((end < 0 ? segment : segment[..end]).Trim() is "..")
                {
                    return true;
                }
            }

            var decoded = Uri.UnescapeDataString(name);
            if (decoded == name)
            {
                return false;
            }

            name = decoded;
        }
    }

    private static void Append(StringBuilder text, ReadOnlySpan<char> part, SearchValues<char> allowed)
    {
        Span<byte> bytes = stackalloc byte[4];
        while (true)
        {
            var keep = part.IndexOfAnyExcept(allowed);
            text.Append(keep < 0 ? part : part[..keep]);
            if (keep < 0)
            {
                return;
            }

            Rune.DecodeFromUtf16(part[keep..], out var rune, out var consumed);
            foreach (var code in bytes[..rune.EncodeToUtf8(bytes)])
            {
                text.Append('%').Append(UpperHex[code >> 4]).Append(UpperHex[code & 0xF]);
            }

            part = part[(keep + consumed)..];
        }
    }
}
