using System.Collections.Immutable;

namespace Serverless.Components.Bindings.Cron;

/// <summary>What a field of a schedule may hold.</summary>
/// <param name="Name">What faults call it.</param>
/// <param name="Least">The smallest value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="Names">Words for the values from the smallest on, in lower case.</param>
internal sealed record CronFieldKind(string Name, int Least, int Most, ImmutableArray<string> Names)
{
    public static readonly CronFieldKind Second = new("second", 0, 59, []);
    public static readonly CronFieldKind Minute = new("minute", 0, 59, []);
    public static readonly CronFieldKind Hour = new("hour", 0, 23, []);
    public static readonly CronFieldKind DayOfMonth = new("day of month", 1, 31, []);
    public static readonly CronFieldKind Month = new("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]);
    public static readonly CronFieldKind DayOfWeek = new("day of week", 0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);

    /// <summary>Something is wrong with this field.</summary>
    public FormatException Fault(string fault) => new($"{Name}: {fault}");
}
