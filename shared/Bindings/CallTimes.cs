using System.Globalization;
using System.Text;

namespace Serverless.Components.Bindings;

/// <summary>The response metadata of bindings that tell when and how long they worked.</summary>
public static class CallTimes
{
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>Adds <c>operation</c>, <c>start-time</c>, <c>end-time</c> (RFC 3339) and <c>duration</c> (as Go writes one).</summary>
    public static Dictionary<string, string> Metadata(string operation, DateTimeOffset start, DateTimeOffset end) => new(StringComparer.Ordinal)
    {
        ["operation"] = operation,
        ["start-time"] = start.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture),
        ["end-time"] = end.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture),
        ["duration"] = Duration(end - start),
    };

    /// <summary>A duration as Go writes it: <c>1m2.5s</c>, <c>15.2ms</c>, <c>900ns</c>, <c>0s</c>.</summary>
    /// <remarks>Go: time.Duration.String.</remarks>
    public static string Duration(TimeSpan duration)
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
