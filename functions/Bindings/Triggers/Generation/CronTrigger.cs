using Serverless.Components.Bindings.Cron;
using Serverless.Functions.Triggers;
using Serverless.Functions.Triggers.Generation;

namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>The trigger of <c>bindings.cron</c>: a timer of its own, or the shared one of a minute for what NCRONTAB can't say.</summary>
/// <remarks>Functions docs: functions-bindings-timer, "NCRONTAB expressions". Timers run by UTC.</remarks>
internal static class CronTrigger
{
    private const string Item = "schedule";

    /// <summary>The one timer of all schedules that need our own evaluator.</summary>
    private static readonly GeneratedFunction SharedTimer = GeneratedFunction.Timer(TriggerNames.MinuteTimer, null, GeneratedFunction.EachMinute);

    public static TriggerDraft Draft(TriggerSource source)
    {
        if (source.Find(Item)?.EnvironmentVariable is { } variable)
        {
            return Shared($"the schedule comes from the app setting {variable}: the shared timer '{TriggerNames.MinuteTimer}' looks at it each minute");
        }

        var schedule = Parse(source);
        return schedule.NCrontab is { } expression ? Timer(GeneratedFunction.Timer(source.Function, source.Name, expression), null)
            : schedule.IsFinerThanMinute ? throw source.Fault(Item, "fires more often than once a minute and has no timer trigger of its own (a zone, @every, or both kinds of days): the shared timer looks only once a minute")
            : Shared($"the shared timer '{TriggerNames.MinuteTimer}' looks at its schedule each minute");
    }

    private static TriggerDraft Shared(string remark) => Timer(SharedTimer, remark);

    private static TriggerDraft Timer(GeneratedFunction function, string? remark) => new() { Functions = [function], Settings = [SettingGroup.OfTimers], Remark = remark };

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
