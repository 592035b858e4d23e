using System.Globalization;
using System.Text;
using System.Text.Json;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.PostgreSql;

/// <summary>Writes what PostgreSQL tells as text as the JSON that Dapr answers for it.</summary>
/// <remarks>
/// Object ids: PostgreSQL's catalog pg_type, which never change. Dapr: what encoding/json makes of pgx's values. Numbers keep all digits, and
/// json its own text. Types that have no JSON of their own (uuid, time, interval, ranges, enums, …) are PostgreSQL's text.
/// </remarks>
internal static class PostgreSqlJson
{
    /// <summary>Writes one value; null is NULL.</summary>
    public static void Write(Utf8JsonWriter json, uint type, string? text)
    {
        if (text is null)
        {
            json.WriteNullValue();
        }
        else if (ElementOf(type) is { } element && PostgreSqlArray.TryRead(text, out var array))
        {
            Write(json, element, array);
        }
        else
        {
            WriteSingle(json, type, text);
        }
    }

    private static void Write(Utf8JsonWriter json, uint element, PostgreSqlArray array)
    {
        json.WriteStartArray();
        foreach (var item in array.Items)
        {
            if (item is PostgreSqlArray nested)
            {
                Write(json, element, nested);
            }
            else
            {
                Write(json, element, (string?)item);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteSingle(Utf8JsonWriter json, uint type, string text)
    {
        switch (type)
        {
            case 16:
                json.WriteBooleanValue(text == "t");
                break;
            case 20 or 21 or 23 or 26 or 28 or 29 or 700 or 701 or 1700 when IsNumber(text):
                json.WriteRawValue(text, skipInputValidation: true);
                break;
            case 114 or 3802:
                json.WriteRawValue(Compact(text), skipInputValidation: true);
                break;
            case 17 when text.StartsWith("\\x", StringComparison.Ordinal):
                json.WriteBase64StringValue(Convert.FromHexString(text.AsSpan(2)));
                break;
            case 1082 when DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                json.WriteStringValue(GoTime.Format(new DateTimeOffset(date, TimeSpan.Zero)));
                break;
            case 1114 or 1184 when TryReadTime(text, out var time):
                json.WriteStringValue(GoTime.Format(time));
                break;
            case 869 when !text.Contains('/', StringComparison.Ordinal):
                json.WriteStringValue(text + (text.Contains(':', StringComparison.Ordinal) ? "/128" : "/32"));
                break;
            default:
                json.WriteStringValue(text);
                break;
        }
    }

    // NaN and the infinities are no numbers of JSON.
    private static bool IsNumber(string text) => char.IsAsciiDigit(text[^1]);

    // Byte for byte but for the white space between its tokens: depth and half surrogate pairs are PostgreSQL's to judge.
    private static string Compact(string text)
    {
        var compact = new StringBuilder(text.Length);
        var isInString = false;
        for (var at = 0; at < text.Length; at++)
        {
            if (isInString && text[at] == '\\')
            {
                compact.Append(text, at++, 2);
                continue;
            }

            isInString ^= text[at] == '"';
            if (isInString || text[at] is not (' ' or '\t' or '\r' or '\n'))
            {
                compact.Append(text[at]);
            }
        }

        return compact.ToString();
    }

    // 2024-01-02 03:04:05.678, with a zone +00, +05:30 or +05:30:15 where the type has one; years before Christ and beyond 9999 stay text.
    private static bool TryReadTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text,
        ["yyyy-MM-dd HH:mm:ss.FFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFzz", "yyyy-MM-dd HH:mm:ss.FFFFFFzzz"],
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time);

    private static uint? ElementOf(uint array) => array switch
    {
        1000 => 16, 1001 => 17, 1005 => 21, 1007 => 23, 1016 => 20, 1021 => 700, 1022 => 701, 1231 => 1700, 1028 => 26,
        1009 => 25, 1015 => 1043, 1014 => 1042, 1003 => 19, 1002 => 18,
        199 => 114, 3807 => 3802, 2951 => 2950, 1182 => 1082, 1115 => 1114, 1185 => 1184, 1183 => 1083, 1187 => 1186, 1041 => 869, 651 => 650,
        _ => null,
    };
}
