using System.Buffers;
using System.Globalization;
using System.Text;

namespace Serverless.Functions.Hosting.Logging;

/// <summary>Dapr's text lines: <c>key=value</c>, quoted where needed.</summary>
/// <remarks>Go: logrus TextFormatter without colours; quoting as strconv.Quote, so that one line stays one line.</remarks>
internal sealed class TextLogFormat(LogIdentity identity) : ILogFormat
{
    private readonly StringBuilder _text = new();
    private readonly string _appId = $" app_id={Quoted(identity.AppId)}";
    private readonly string _instance = $" instance={Quoted(identity.Instance)}";
    private readonly string _version = $" ver={Quoted(identity.Version)}\n";

    public void Write(LogLine line, IBufferWriter<byte> output)
    {
        if (line.Scope is null)
        {
            Encoding.UTF8.GetBytes(line.Message, output);
            output.Write("\n"u8);
            return;
        }

        _text.Clear();
        _text.Append(CultureInfo.InvariantCulture, $"time=\"{line.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}\" level={LogLevels.Word(line.Level)} msg=");
        Quote(line.Message);
        _text.Append(_appId);
        var next = AppendFields(line, 0, "error");
        if (line.Error is not null)
        {
            _text.Append(" error=");
            Quote(line.Error);
        }

        next = AppendFields(line, next, "instance");
        _text.Append(_instance);
        next = AppendFields(line, next, "scope");
        _text.Append(" scope=");
        Quote(line.Scope);
        next = AppendFields(line, next, "type");
        _text.Append(" type=log");
        AppendFields(line, next, "ver");
        _text.Append(_version);
        foreach (var chunk in _text.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, output);
        }
    }

    private static bool IsBare(string value)
    {
        foreach (var character in value)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.' or '_' or '/' or '@' or '^' or '+'))
            {
                return false;
            }
        }

        return true;
    }

    private static string Quoted(string value)
    {
        var text = new StringBuilder();
        Quote(text, value);
        return text.ToString();
    }

    private static void Quote(StringBuilder text, string value)
    {
        if (IsBare(value))
        {
            text.Append(value);
            return;
        }

        text.Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            Escape(text, rune);
        }

        text.Append('"');
    }

    private static void Escape(StringBuilder text, Rune rune)
    {
        switch (rune.Value)
        {
            case '"' or '\\':
                text.Append('\\').Append((char)rune.Value);
                break;
            case '\n':
                text.Append("\\n");
                break;
            case '\r':
                text.Append("\\r");
                break;
            case '\t':
                text.Append("\\t");
                break;
            case < ' ' or 0x7f:
                text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
                break;
            case <= 0x7e:
                text.Append((char)rune.Value);
                break;
            default:
                // Invisible characters could forge or reorder what a reader sees.
                if (IsPrintable(rune))
                {
                    text.Append(rune.ToString());
                }
                else
                {
                    text.Append(rune.IsBmp ? "\\u" : "\\U").Append(rune.Value.ToString(rune.IsBmp ? "x4" : "x8", CultureInfo.InvariantCulture));
                }

                break;
        }
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);

    private void Quote(string value) => Quote(_text, value);

    /// <summary>Appends the fields from <paramref name="next"/> on that sort before a name; returns where to go on.</summary>
    private int AppendFields(LogLine line, int next, string before)
    {
        for (; next < line.Fields?.Length && string.CompareOrdinal(line.Fields[next].Key, before) < 0; next++)
        {
            var (name, value) = line.Fields[next];
            _text.Append(' ').Append(name).Append('=');
            Quote(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }

        return next;
    }
}
