using System.Globalization;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>An NCRONTAB expression of six fields: every field must match, days of both kinds too.</summary>
/// <remarks>https://github.com/atifaziz/NCrontab. Numbers, lists, ranges and steps; names are not read.</remarks>
public sealed class NCrontab
{
    private readonly HashSet<int>[] _fields;

    /// <summary>Reads the expression.</summary>
    /// <exception cref="FormatException">It has no six fields.</exception>
    public NCrontab(string expression)
    {
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
        {
            throw new FormatException($"'{expression}' has {fields.Length} fields, not six");
        }

        (int Least, int Most)[] bounds = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
        _fields = [.. fields.Zip(bounds, (field, bound) => field.Split(',').SelectMany(part => Values(part, bound)).ToHashSet())];
    }

    /// <summary>The first full second after a time, by UTC, that matches.</summary>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        var next = after.ToUniversalTime();
        next = next.AddTicks(TimeSpan.TicksPerSecond - (next.Ticks % TimeSpan.TicksPerSecond));
        while (!Matches(next))
        {
            next = Matches(next, minute: true) ? next.AddSeconds(1) : next.AddSeconds(60 - next.Second);
        }

        return next;
    }

    private static IEnumerable<int> Values(string part, (int Least, int Most) bound)
    {
        var step = part.Split('/') is [_, var text] ? Number(text) : 1;
        var range = part.Split('/')[0];
        var (from, to) = range == "*" ? bound
            : range.Split('-') is [var first, var last] ? (Number(first), Number(last))
            : (Number(range), part.Contains('/', StringComparison.Ordinal) ? bound.Most : Number(range));
        return Enumerable.Range(from, to - from + 1).Where(value => (value - from) % step == 0);
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private bool Matches(DateTimeOffset time, bool minute = false) =>
        (minute || _fields[0].Contains(time.Second)) && _fields[1].Contains(time.Minute) && _fields[2].Contains(time.Hour)
        && _fields[3].Contains(time.Day) && _fields[4].Contains(time.Month) && _fields[5].Contains((int)time.DayOfWeek);
}
