using Serverless.Components.Bindings.Cron;

namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>The trigger of <c>bindings.cron</c>: a timer of its own, or the shared one of a minute for what NCRONTAB can't say.</summary>
/// <remarks>Functions docs: functions-bindings-timer, "NCRONTAB expressions". Timers run by UTC.</remarks>
internal static class CronTrigger
{
    private const string Item = "schedule";

    public static TriggerDraft Draft(TriggerSource source)
    {
        if (source.Find(Item)?.EnvironmentVariable is { } variable)
        {
            return TriggerDraft.MinuteTimer($"the schedule comes from the app setting {variable}: the shared timer '{TriggerNames.MinuteTimer}' looks at it each minute");
        }

        var schedule = Parse(source);
        return schedule.NCrontab is { } expression ? TriggerDraft.Timer(expression)
            : schedule.IsFinerThanMinute ? throw source.Fault(Item, "fires more often than once a minute and has no timer trigger of its own (a zone, @every, or both kinds of days): the shared timer looks only once a minute")
            : TriggerDraft.MinuteTimer($"the shared timer '{TriggerNames.MinuteTimer}' looks at its schedule each minute");
    }

    private static TimerExpression Parse(TriggerSource source)
    {
        try
        {
            return TimerExpression.Of(source.Field(Item));
        }
        catch (FormatException fault)
        {
            throw source.Fault(Item, $"is no schedule: {fault.Message}");
        }
    }
}
