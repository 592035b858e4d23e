using System.Globalization;
using System.Text;

namespace Serverless.Components.State.Sqlite;

/// <summary>The text form of SQLite's CURRENT_TIMESTAMP: UTC, whole seconds.</summary>
internal static class SqliteTimestamp
{
    public const int Length = 19;
    private const string Format = "yyyy-MM-dd HH:mm:ss";

    /// <summary>Writes a moment, cut to its second.</summary>
    public static ReadOnlySpan<byte> Write(DateTimeOffset moment, Span<byte> buffer)
    {
        moment.UtcDateTime.TryFormat(buffer, out var length, Format, CultureInfo.InvariantCulture);
        return buffer[..length];
    }

    /// <summary>Writes a moment rounded up, so that nothing expires before its time.</summary>
    public static ReadOnlySpan<byte> WriteExpiry(DateTimeOffset moment, Span<byte> buffer) =>
        Write(moment.AddTicks(TimeSpan.TicksPerSecond - 1), buffer);

    /// <summary>Reads a moment; null when another program wrote a form of its own.</summary>
    public static DateTimeOffset? Read(ReadOnlySpan<byte> text) =>
        DateTimeOffset.TryParse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;
}
