using System.Buffers;
using System.Collections.Frozen;

namespace Serverless.Components.Clients.WebCalls;

/// <summary>Headers of a call, one value per name. Nothing gets in that could end a line or begin another message.</summary>
/// <remarks>RFC 9110 section 5 and 7.6.1. Go: net/http, whose client leaves the same framing headers to itself.</remarks>
internal sealed class WebHeaders
{
    private const char Tab = '\t';

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (char)code).Where(character => character != Tab), '\u007f']);

    // A call that expects something first leaves in two parts, between which the connection pool may send it once more.
    private static readonly FrozenSet<string> Framing = FrozenSet.ToFrozenSet(
        ["Host", "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"],
        StringComparer.OrdinalIgnoreCase);

    private readonly List<KeyValuePair<string, string>> _items;

    /// <summary>No headers yet.</summary>
    public WebHeaders() => _items = new(8);

    private WebHeaders(List<KeyValuePair<string, string>> items) => _items = items;

    /// <summary>The headers in the order of their first setting.</summary>
    public List<KeyValuePair<string, string>> Items => _items;

    /// <summary>Whether the text is a header's name.</summary>
    public static bool IsName(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>Whether the text may be a header's value: no control character but the tab.</summary>
    public static bool IsValue(string text) => !text.AsSpan().ContainsAny(Controls);

    /// <summary>True for what frames a message or belongs to one connection.</summary>
    public static bool IsFraming(string name) => Framing.Contains(name);

    /// <summary>Sets a header; what frames the message is left out without a word.</summary>
    /// <exception cref="WebCallException">The name or the value can't stand in a header.</exception>
    public void Set(string name, string value)
    {
        if (!IsName(name))
        {
            throw new WebCallException($"net/http: invalid header field name {Quoted(name)}");
        }

        if (!IsValue(value))
        {
            throw new WebCallException($"net/http: invalid header field value for \"{name}\"");
        }

        if (IsFraming(name))
        {
            return;
        }

        var item = KeyValuePair.Create(name, value.Trim(' ', Tab));
        for (var index = 0; index < _items.Count; index++)
        {
            if (_items[index].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                _items[index] = item;
                return;
            }
        }

        _items.Add(item);
    }

    /// <summary>The same headers without those that describe a body.</summary>
    public WebHeaders WithoutContent() => new(_items.FindAll(item => !item.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)));

    private static string Quoted(string name) => $"\"{string.Concat(name.Select(character => char.IsControl(character) ? '?' : character))}\"";
}
