using System.Globalization;
using System.Text.Json;

namespace Serverless.Components.Bindings.PostgreSql;

/// <summary>Reads the request metadata <c>params</c>, a JSON array.</summary>
internal static class PostgreSqlParameters
{
    private const int ExactDigits = 28;

    /// <summary>
    /// The values as PostgreSQL reads them: strings as they are, numbers by their digits, <c>true</c> and <c>false</c>, and the JSON text of
    /// arrays and objects; null for null.
    /// </summary>
    /// <exception cref="BindingException">It is no array.</exception>
    public static IReadOnlyList<string?> Read(string? text)
    {
        if (text is null)
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Array => [.. document.RootElement.EnumerateArray().Select(ToText)],
                var kind => throw Unusable($"it is {kind}"),
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The latter of half of a surrogate pair.
            throw Unusable(fault.Message);
        }
    }

    private static string? ToText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => ToText(value.GetRawText(), value),
        _ => value.GetRawText(),
    };

    // 1e3 and 2.0 are whole, but PostgreSQL takes neither for an integer. What a decimal would round stays as it is.
    private static string ToText(string digits, JsonElement value) =>
        digits.Length <= ExactDigits && digits.AsSpan().IndexOfAny('.', 'e', 'E') >= 0
        && value.TryGetDecimal(out var number) && number == decimal.Truncate(number) && (number != 0 || digits.AsSpan().IndexOfAnyInRange('1', '9') < 0)
            ? number.ToString("0", CultureInfo.InvariantCulture)
            : digits;

    private static BindingException Unusable(string reason) => new($"invalid metadata property params: failed to unserialize into an array: {reason}");
}
