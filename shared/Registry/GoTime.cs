using System.Globalization;
using System.Text;

namespace Serverless.Components.Registry;

/// <summary>Times as Go writes them, where Dapr answers with them.</summary>
/// <remarks>Go docs: time.RFC3339Nano, Time.String and Duration.String.</remarks>
public static class GoTime
{
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";
    private const string Printed = "yyyy-MM-dd HH:mm:ss.FFFFFFF '+0000 UTC'";

    /// <summary>For example <c>2024-01-02T03:04:05.678Z</c>: in UTC, and the fraction has no zeros at its end.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture);

    /// <summary>For example <c>2024-01-02 03:04:05.678 +0000 UTC</c>: as Go prints a time that nobody formatted, in UTC.</summary>
    public static string Print(DateTimeOffset time) => time.UtcDateTime.ToString(Printed, CultureInfo.InvariantCulture);

    /// <summary>For example <c>1m2.5s</c>, <c>15.2ms</c>, <c>900ns</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var text = new StringBuilder(duration < TimeSpan.Zero ? "-" : "");
        var ticks = Math.Abs((decimal)duration.Ticks);
        if (ticks < TimeSpan.TicksPerSecond)
        {
            var (unit, name) = ticks switch
            {
                0 => (TimeSpan.TicksPerSecond, "s"),
                < TimeSpan.TicksPerMicrosecond => (0.01m, "ns"),
                < TimeSpan.TicksPerMillisecond => (TimeSpan.TicksPerMicrosecond, "µs"),
                _ => (TimeSpan.TicksPerMillisecond, "ms"),
            };
            return text.Append(Number(ticks / unit)).Append(name).ToString();
        }

        var hours = Math.Floor(ticks / TimeSpan.TicksPerHour);
        var minutes = Math.Floor(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        text.Append(hours > 0 ? $"{Number(hours)}h" : "").Append(hours > 0 || minutes > 0 ? $"{Number(minutes)}m" : "");
        return text.Append(Number(ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond)).Append('s').ToString();
    }

    private static string Number(decimal value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
