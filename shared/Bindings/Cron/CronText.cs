using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.Cron;

/// <summary>Reads the text of schedules.</summary>
/// <remarks>robfig/cron v3 with an optional field for seconds; the words of faults are Dapr's.</remarks>
internal static class CronText
{
    private const string EveryWord = "@every ";
    private const string Local = "Local";

    private static readonly (CronFieldKind Kind, string Default)[] Order =
        [(CronFieldKind.Second, "0"), (CronFieldKind.Minute, ""), (CronFieldKind.Hour, ""), (CronFieldKind.DayOfMonth, ""), (CronFieldKind.Month, ""), (CronFieldKind.DayOfWeek, "")];

    public static CronSchedule Parse(string text, TimeZoneInfo local)
    {
        if (text.Length == 0)
        {
            throw new FormatException("empty spec string");
        }

        var (zone, name, rest) = ReadZone(text, local);
        return rest.StartsWith(EveryWord, StringComparison.Ordinal)
            ? new CronSchedule(null, ReadEvery(rest), zone, name)
            : new CronSchedule(ReadFields(rest.StartsWith('@') ? Expand(rest) : rest), default, zone, name);
    }

    private static (TimeZoneInfo Zone, string? Name, string Schedule) ReadZone(string text, TimeZoneInfo local)
    {
        if (!text.StartsWith("TZ=", StringComparison.Ordinal) && !text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            return (local, null, text);
        }

        var start = text.IndexOf('=', StringComparison.Ordinal) + 1;
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        if (end == text.Length)
        {
            throw new FormatException($"timezone prefix {text} is not followed by a schedule");
        }

        var (name, rest) = (text[start..end], text[end..].Trim());
        return name switch
        {
            "" or "UTC" => (TimeZoneInfo.Utc, "UTC", rest),
            Local => (local, null, rest),
            _ => (FindZone(name), name, rest),
        };
    }

    // A zone is a file below one directory.
    private static TimeZoneInfo FindZone(string name) =>
        !name.Contains("..", StringComparison.Ordinal) && name[0] != '/' && !name.Contains('\\', StringComparison.Ordinal) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : throw new FormatException($"provided bad location {name}: unknown time zone {name}");

    private static TimeSpan ReadEvery(string text)
    {
        var duration = text[EveryWord.Length..];
        if (!DaprText.TryParseDuration(duration, default, out var every) || (char.IsAsciiDigit(duration[^1]) && duration.Trim('+', '-') != "0"))
        {
            throw new FormatException($"failed to parse duration {text}: expected for example 1h30m");
        }

        return TimeSpan.FromSeconds(Math.Max(1, every.Ticks / TimeSpan.TicksPerSecond));
    }

    private static string Expand(string descriptor) => descriptor switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" or "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => throw new FormatException($"unrecognized descriptor: {descriptor}"),
    };

    private static CronFields ReadFields(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (5 or 6))
        {
            throw new FormatException($"expected 5 to 6 fields, found {words.Length}: [{string.Join(' ', words)}]");
        }

        var fields = new CronField[Order.Length];
        var missing = Order.Length - words.Length;
        for (var index = 0; index < fields.Length; index++)
        {
            fields[index] = CronField.Parse(index < missing ? Order[index].Default : words[index - missing], Order[index].Kind);
        }

        return new CronFields(fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
    }
}
