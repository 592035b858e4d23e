using System.Text;

namespace Serverless.Components.Settings;

/// <summary>Reads a connection string of libpq into its keywords; neither form is ever quoted in a message.</summary>
/// <remarks>PostgreSQL docs: libpq-connect, "Connection Strings".</remarks>
internal static class PostgreSqlConnectionText
{
    /// <summary>Reads <c>postgres://user:password@host:port/database?keyword=value</c> or <c>keyword=value keyword='a value'</c>.</summary>
    /// <returns>The keywords in lower case; <c>host</c> and <c>port</c> hold lists with commas when there are several.</returns>
    /// <exception cref="FormatException">It is neither; the message says what was expected, without the text.</exception>
    public static Dictionary<string, string> Read(string text)
    {
        var keywords = new Dictionary<string, string>(StringComparer.Ordinal);
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && text[..scheme] is "postgres" or "postgresql")
        {
            ReadAddress(text[(scheme + 3)..], keywords);
        }
        else
        {
            ReadPairs(text, keywords);
        }

        return keywords;
    }

    private static void ReadAddress(string rest, Dictionary<string, string> keywords)
    {
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        foreach (var pair in query < 0 ? [] : rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, pair.IndexOf('=', StringComparison.Ordinal));
            Put(keywords, Unescape(name.Replace('+', ' ')), Unescape((value ?? "").Replace('+', ' ')));
        }

        rest = query < 0 ? rest : rest[..query];
        var (authority, path) = Cut(rest, rest.IndexOf('/', StringComparison.Ordinal));
        if (path?.Contains('@', StringComparison.Ordinal) == true)
        {
            // The beginning of a password would stand for a host and its port, and be told with each failure.
            throw new FormatException("no '/' but as %2F in user and password, and no '@' but as %40 in the database");
        }

        if (path is { Length: > 0 })
        {
            Put(keywords, "database", Unescape(path));
        }

        if (authority.LastIndexOf('@') is >= 0 and var at)
        {
            var (user, password) = Cut(authority[..at], authority.IndexOf(':', StringComparison.Ordinal) is var colon && colon < at ? colon : -1);
            Put(keywords, "user", Unescape(user));
            if (password is not null)
            {
                Put(keywords, "password", Unescape(password));
            }

            authority = authority[(at + 1)..];
        }

        ReadHosts(authority, keywords);
    }

    private static void ReadHosts(string authority, Dictionary<string, string> keywords)
    {
        if (authority.Length == 0)
        {
            return;
        }

        var hosts = new List<string>();
        var ports = new List<string>();
        foreach (var item in authority.Split(','))
        {
            // The colons of [::1] are none before a port.
            var colon = item.LastIndexOf(':');
            var (host, port) = Cut(item, colon > item.LastIndexOf(']') ? colon : -1);
            hosts.Add(Unescape(host is ['[', .., ']'] ? host[1..^1] : host));
            ports.Add(port ?? "");
        }

        Put(keywords, "host", string.Join(',', hosts));
        if (ports.Exists(port => port.Length > 0))
        {
            Put(keywords, "port", string.Join(',', ports));
        }
    }

    private static void ReadPairs(string text, Dictionary<string, string> keywords)
    {
        var position = 0;
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                return;
            }

            var equals = text.IndexOf('=', position);
            var name = equals < 0 ? "" : text[position..equals].Trim();
            if (name.Length == 0 || name.Any(char.IsWhiteSpace))
            {
                throw new FormatException("keyword=value pairs with spaces between, or a URL that begins with postgres://");
            }

            position = equals + 1;
            Put(keywords, name, ReadValue(text, ref position));
        }
    }

    private static string ReadValue(string text, ref int position)
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }

        var isQuoted = position < text.Length && text[position] == '\'';
        position += isQuoted ? 1 : 0;
        var value = new StringBuilder();
        for (; position < text.Length; position++)
        {
            var character = text[position];
            if (isQuoted ? character == '\'' : char.IsWhiteSpace(character))
            {
                position++;
                return value.ToString();
            }

            if (character == '\\' && ++position == text.Length)
            {
                break;
            }

            value.Append(text[position]);
        }

        return isQuoted ? throw new FormatException("a closing quote behind each quoted value") : value.ToString();
    }

    private static void Put(Dictionary<string, string> keywords, string name, string value)
    {
        name = name.ToLowerInvariant();
        keywords[name == "dbname" ? "database" : name] = value;
    }

    private static (string Before, string? After) Cut(string text, int position) =>
        position < 0 ? (text, null) : (text[..position], text[(position + 1)..]);

    private static string Unescape(string text) => Uri.UnescapeDataString(text);
}
