namespace Serverless.Components.Bindings.Cron;

/// <summary>What Azure's timers can do for a schedule.</summary>
/// <remarks>Functions docs: functions-bindings-timer, "NCRONTAB expressions".</remarks>
public sealed record TimerExpression
{
    /// <summary>The schedule in their grammar, meaning the same by UTC; null when they can't say it.</summary>
    public string? NCrontab { get; private init; }

    /// <summary>True when two ticks can be less than a minute apart.</summary>
    public bool IsFinerThanMinute { get; private init; }

    /// <summary>Reads a schedule as <c>bindings.cron</c> does where the local time is UTC.</summary>
    /// <exception cref="FormatException">It is none; the message names the field.</exception>
    public static TimerExpression Of(string schedule)
    {
        var parsed = CronSchedule.Parse(schedule, TimeZoneInfo.Utc);
        return new TimerExpression { NCrontab = parsed.TryToNCrontab(out var expression) ? expression : null, IsFinerThanMinute = parsed.IsFinerThanMinute };
    }
}
