using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Serverless.Components.Bindings.PostgreSql;

/// <summary>An array in PostgreSQL's notation, <c>{1,NULL,"a b"}</c>.</summary>
/// <remarks>PostgreSQL docs: arrays, "Array Input and Output Syntax".</remarks>
internal sealed class PostgreSqlArray
{
    private readonly List<object?> _items = [];

    private PostgreSqlArray()
    {
    }

    /// <summary>Texts, nulls and, with several dimensions, arrays.</summary>
    public IReadOnlyList<object?> Items => _items;

    /// <summary>Reads it; false when the text is no array.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out PostgreSqlArray? array)
    {
        array = null;

        // Bounds other than from 1 stand in front: [0:2]={…}.
        var at = text is ['[', ..] ? text.IndexOf('=', StringComparison.Ordinal) + 1 : 0;
        if (at >= text.Length || text[at] != '{')
        {
            return false;
        }

        at++;
        array = Read(text, ref at);
        return at == text.Length;
    }

    private static PostgreSqlArray Read(string text, ref int at)
    {
        var array = new PostgreSqlArray();
        while (at < text.Length && text[at] != '}')
        {
            if (text[at] == ',')
            {
                at++;
            }
            else if (text[at] == '{')
            {
                at++;
                array._items.Add(Read(text, ref at));
            }
            else
            {
                array._items.Add(text[at] == '"' ? ReadQuoted(text, ref at) : ReadPlain(text, ref at));
            }
        }

        at++;
        return array;
    }

    private static string ReadQuoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            at += text[at] == '\\' ? 1 : 0;
            value.Append(text[at]);
        }

        at++;
        return value.ToString();
    }

    private static string? ReadPlain(string text, ref int at)
    {
        var length = text.AsSpan(at).IndexOfAny(',', '}');
        var value = length < 0 ? text[at..] : text.Substring(at, length);
        at += value.Length;
        return value == "NULL" ? null : value;
    }
}
