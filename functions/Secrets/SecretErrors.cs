using System.Globalization;
using System.Text;
using Serverless.Functions.Http;

namespace Serverless.Functions.Secrets;

/// <summary>The errors of the secrets API in Dapr's wording.</summary>
internal static class SecretErrors
{
    public static DaprError NotConfigured => DaprError.Internal("ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured");

    public static DaprError NotFound(string store) =>
        new(StatusCodes.Status401Unauthorized, "ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {store}");

    public static DaprError Denied(string store, string key) =>
        new(StatusCodes.Status403Forbidden, "ERR_PERMISSION_DENIED", $"access denied by policy to get {Quote(key)} from {Quote(store)}");

    public static DaprError Body(string fault) => DaprError.Malformed($"failed deserializing HTTP body: {fault}");

    public static DaprError Get(string store, string key, string detail) =>
        DaprError.Internal("ERR_SECRET_GET", $"failed getting secret with key {key} from secret store {store}: {detail}");

    public static DaprError BulkGet(string store, string detail) =>
        DaprError.Internal("ERR_SECRET_GET", $"failed getting secrets from secret store {store}: {detail}");

    // Go: strconv.Quote.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' or '\\' => quoted.Append('\\').Append((char)rune.Value),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\v' => quoted.Append("\\v"),
                < 0x20 or 0x7F => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                _ when IsPrintable(rune) => quoted.Append(rune.ToString()),
                <= 0xFFFF => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return quoted.Append('"').ToString();
    }

    // Go: strconv.IsPrint. Of the spaces only the common one is.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
