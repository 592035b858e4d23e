using System.Buffers;
using System.Globalization;
using System.Text;

namespace Serverless.Functions.Hosting.Logging;

/// <summary>Dapr's text lines: <c>key=value</c>, quoted where needed.</summary>
/// <remarks>Go: logrus TextFormatter without colours; quoting as strconv.Quote, so that one line stays one line.</remarks>
internal sealed class TextLogFormat(LogIdentity identity) : ILogFormat
{
    private readonly StringBuilder _text = new();
    private readonly string _before = $" app_id={Quoted(identity.AppId)}";
    private readonly string _between = $" instance={Quoted(identity.Instance)} scope=";
    private readonly string _after = $" type=log ver={Quoted(identity.Version)}\n";

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
        _text.Append(_before);
        if (line.Error is not null)
        {
            _text.Append(" error=");
            Quote(line.Error);
        }

        _text.Append(_between);
        Quote(line.Scope);
        _text.Append(_after);
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
}
