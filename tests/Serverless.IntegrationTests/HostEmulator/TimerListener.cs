using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>A timer trigger: UTC, six fields, no retry of a failed invocation.</summary>
/// <remarks>Functions docs: functions-bindings-timer. The store of past runs (useMonitor) is not emulated: nothing is past due.</remarks>
internal sealed class TimerListener(HostedFunction function, NCrontab schedule, TriggerInvoker invoker, HostJournal journal) : ITriggerListener
{
    public static JsonObject Payload(HostedFunction function, bool isPastDue) => TriggerPayload.Create(
        new Dictionary<string, object?>
        {
            [function.Trigger.Name] = new JsonObject { ["Schedule"] = new JsonObject { ["AdjustForDST"] = true }, ["ScheduleStatus"] = null, ["IsPastDue"] = isPastDue },
        },
        new Dictionary<string, object?> { ["sys"] = new JsonObject { ["MethodName"] = function.Name } });

    public async Task RunAsync(CancellationToken killed)
    {
        try
        {
            while (true)
            {
                var now = TimeProvider.System.GetUtcNow();
                await Task.Delay(schedule.Next(now) - now, TimeProvider.System, killed);
                var result = await invoker.InvokeAsync(function.Name, Payload(function, isPastDue: false), killed);
                journal.Add($"{function.Name}: timer fired: {result.Outcome}");
            }
        }
        catch (OperationCanceledException)
        {
            // The host is gone.
        }
    }
}
