using System.Globalization;

namespace Serverless.Components.Bindings.PostgreSql;

/// <summary>Times as Go writes them.</summary>
/// <remarks>Go docs: time.RFC3339Nano and Duration.String.</remarks>
internal static class GoTime
{
    /// <summary>For example <c>2024-01-02T03:04:05.678Z</c>: the fraction has no zeros at its end.</summary>
    public static string Format(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>For example <c>1.5ms</c>, <c>800µs</c>, <c>2m3.5s</c>; not negative.</summary>
    public static string Format(TimeSpan duration) => duration.Ticks switch
    {
        0 => "0s",
        < TimeSpan.TicksPerMicrosecond => Number(duration.TotalNanoseconds, "ns"),
        < TimeSpan.TicksPerMillisecond => Number(duration.TotalMicroseconds, "µs"),
        < TimeSpan.TicksPerSecond => Number(duration.TotalMilliseconds, "ms"),
        < TimeSpan.TicksPerMinute => Number(duration.TotalSeconds, "s"),
        < TimeSpan.TicksPerHour => $"{duration.Minutes}m{Number(duration.TotalSeconds - (60 * duration.Minutes), "s")}",
        _ => $"{(long)duration.TotalHours}h{duration.Minutes}m{Number(duration.TotalSeconds % 60, "s")}",
    };

    private static string Number(double value, string unit) => ((decimal)value).ToString("0.#########", CultureInfo.InvariantCulture) + unit;
}
