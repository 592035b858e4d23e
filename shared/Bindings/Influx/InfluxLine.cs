using System.Text.Json;

namespace Serverless.Components.Bindings.Influx;

/// <summary>Makes a line of the line protocol from a call's data.</summary>
/// <remarks>
/// InfluxDB docs: reference/syntax/line-protocol. The parts come as the caller wrote them, with its escapes; none of them may end the line,
/// so one call is one point. A line end may stand only within a quoted field value.
/// </remarks>
internal static class InfluxLine
{
    /// <summary>The fault that daprd reports for anything it can't use.</summary>
    public const string Unusable = "influx error: Cannot convert request data";

    /// <summary>The line for <c>{"measurement":"…","tags":"…","values":"…"}</c>; tags may be absent.</summary>
    /// <exception cref="BindingException">The data is something else.</exception>
    public static string From(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            var point = document.RootElement;
            if (point.ValueKind != JsonValueKind.Object)
            {
                throw new BindingException(Unusable);
            }

            var measurement = Part(point, "measurement");
            var tags = Part(point, "tags");
            var values = Part(point, "values");
            if (measurement.Length == 0 || values.Length == 0)
            {
                throw new BindingException($"{Unusable}: measurement and values are required");
            }

            var line = tags.Length == 0 ? $"{measurement} {values}" : $"{measurement},{tags} {values}";
            return EndsEarly(line) ? throw new BindingException($"{Unusable}: a line end outside of a quoted value") : line;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new BindingException(Unusable);
        }
    }

    private static string Part(JsonElement point, string name) => !point.TryGetProperty(name, out var part) || part.ValueKind == JsonValueKind.Null ? ""
        : part.ValueKind == JsonValueKind.String ? part.GetString()!
        : throw new BindingException($"{Unusable}: {name} must be a string");

    // InfluxDB begins a new line at these: a quote opens a text only after a field's equals sign, never within a key.
    private static bool EndsEarly(string line)
    {
        var (hasFields, isQuoted, equals, commas) = (false, false, 0, 0);
        for (var index = 0; index < line.Length; index++)
        {
            switch (line[index])
            {
                case '\\':
                    index += index + 1 < line.Length && line[index + 1] is not ('\n' or '\r') ? 1 : 0;
                    break;
                case ' ':
                    hasFields = true;
                    break;
                case '=' when hasFields && !isQuoted:
                    equals++;
                    break;
                case ',' when hasFields && !isQuoted:
                    commas++;
                    break;
                case '"' when equals > commas:
                    isQuoted = !isQuoted;
                    break;
                case '\n' or '\r' when !isQuoted:
                    return true;
            }
        }

        return isQuoted;
    }
}
