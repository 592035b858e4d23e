namespace Serverless.Components.Bindings.Cron;

/// <summary>A schedule as Dapr's cron reads it. Pure: it knows no clock.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/cron; grammar and rules of robfig/cron v3. A tick is every second whose
/// wall clock the fields allow: an hour that the clocks skip has none, one that they repeat has them twice. A time zone has no effect on
/// <c>@every</c>.
/// </remarks>
internal sealed class CronSchedule
{
    /// <summary>A date that does not come within so many years never comes.</summary>
    private const int YearsAhead = 5;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly TimeZoneInfo _zone;

    internal CronSchedule(CronFields? fields, TimeSpan every, TimeZoneInfo zone, string? zoneName)
    {
        (Fields, Every, _zone, ZoneName) = (fields, every, zone, zoneName);
    }

    /// <summary>The fields; null for <c>@every</c>.</summary>
    public CronFields? Fields { get; }

    /// <summary>The distance of <c>@every</c>, in whole seconds.</summary>
    public TimeSpan Every { get; }

    /// <summary>The time zone that the text names, or null.</summary>
    public string? ZoneName { get; }

    /// <summary>True when two ticks can be less than a minute apart.</summary>
    public bool IsFinerThanMinute => Fields is null ? Every < TimeSpan.FromMinutes(1) : ulong.PopCount(Fields.Second.Bits) > 1;

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">Five fields, six with the seconds in front, or a descriptor; with or without a time zone in front.</param>
    /// <param name="local">The time zone where the text names none.</param>
    /// <exception cref="FormatException">It is none; the message names the field.</exception>
    public static CronSchedule Parse(string text, TimeZoneInfo local) => CronText.Parse(text, local);

    /// <summary>The same in the grammar of Azure's timers, when that can say it in UTC.</summary>
    public bool TryToNCrontab(out string expression)
    {
        expression = Fields is not null && (ZoneName is null || _zone.HasSameRules(TimeZoneInfo.Utc)) ? NCrontabText.Write(Fields) ?? "" : "";
        return expression.Length > 0;
    }

    /// <summary>The first tick after a time; null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var floor = Floor(after);
        return Fields is null ? DateTimeOffset.MaxValue - floor > Every ? floor + Every : null : Search(Fields, floor + Second);
    }

    /// <summary>The last tick after one time and not after another: what is due when all that was missed in between fires once.</summary>
    public DateTimeOffset? LatestDue(DateTimeOffset after, DateTimeOffset now)
    {
        if (Next(after) is not { } latest || latest > now)
        {
            return null;
        }

        if (Fields is null)
        {
            return latest + (((now - latest).Ticks / Every.Ticks) * Every);
        }

        // No tick lies after `end` and up to now.
        var end = Floor(now);
        while (latest < end)
        {
            var middle = Floor(latest + ((end - latest) / 2));
            if (Next(middle) is { } later && later <= now)
            {
                latest = later;
            }
            else
            {
                end = middle;
            }
        }

        return latest;
    }

    private static DateTimeOffset Floor(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    // While the offset stays, the wall clock is a plain calendar. Zones change theirs at most once within a day.
    private DateTimeOffset? Search(CronFields fields, DateTimeOffset from)
    {
        var lastYear = Math.Min(Wall(from, _zone.GetUtcOffset(from)).Year + YearsAhead, DateTime.MaxValue.Year - 1);
        while (true)
        {
            var offset = _zone.GetUtcOffset(from);
            if (fields.First(Wall(from, offset), lastYear) is not { } wall)
            {
                // A change of the offset in these last hours of the last year is not looked at.
                return null;
            }

            var (tick, end) = (new DateTimeOffset(wall.Ticks, TimeSpan.Zero) - offset, from + Day);
            var changes = _zone.GetUtcOffset(end) != offset;
            end = changes ? ChangeBetween(from, end, offset) : end;
            if (tick < end)
            {
                return tick;
            }

            // Nothing can match until shortly before the tick, however the offset changes.
            from = changes || tick - (2 * Day) < end ? end : tick - (2 * Day);
        }
    }

    private DateTimeOffset ChangeBetween(DateTimeOffset before, DateTimeOffset after, TimeSpan offset)
    {
        while (after - before > Second)
        {
            var middle = Floor(before + ((after - before) / 2));
            if (_zone.GetUtcOffset(middle) == offset)
            {
                before = middle;
            }
            else
            {
                after = middle;
            }
        }

        return after;
    }

    private static DateTime Wall(DateTimeOffset time, TimeSpan offset) => new(time.UtcTicks + offset.Ticks, DateTimeKind.Unspecified);
}
