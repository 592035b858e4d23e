using System.Text.Json.Nodes;

namespace Serverless.Backends.DurableFunctions;

/// <summary>The orchestrator functions of <see cref="DurableFunctionsServer"/>.</summary>
internal static class DurableScripts
{
    private const string WaitFor = "Finish";

    /// <summary>Runs one as far as it goes; null when there is none of this name.</summary>
    public static DurableOrchestration? Start(DurableOrchestration started) => started.Name.ToLowerInvariant() switch
    {
        "echo" => Record(started with { Status = "Completed", Output = started.Input?.DeepClone() }, ("ExecutionCompleted", e => Ended(e, "Completed", started.Input?.DeepClone()))),
        "chain" => Record(
            started with { Status = "Completed", Output = new JsonArray("a", "b") },
            ("TaskCompleted", e => Answered(e, "Step", "a")),
            ("SubOrchestrationInstanceCompleted", e => Answered(e, "Child", "b")),
            ("ExecutionCompleted", e => Ended(e, "Completed", new JsonArray("a", "b")))),
        "fail" => Record(
            started with { Status = "Failed", Output = "Orchestrator function 'Fail' failed: The activity function 'Step' failed: \"boom\"." },
            ("TaskFailed", e => Failed(e, "Step", "boom", "at Step()")),
            ("ExecutionCompleted", e => Ended(e, "Failed", null))),
        "wait" => Record(started with { CustomStatus = new JsonObject { ["waitsFor"] = WaitFor } }, ("TimerCreated", e => e["FireAt"] = started.Created.AddHours(1).UtcDateTime.ToString("O", null))),
        "later" => started with { Status = "Pending" },
        _ => null,
    };

    /// <summary>Gives one an event.</summary>
    public static DurableOrchestration Raise(DurableOrchestration waiting, string eventName, JsonNode? data)
    {
        var raised = Record(waiting, ("EventRaised", e => e["Name"] = eventName));
        return waiting.Name.Equals("wait", StringComparison.OrdinalIgnoreCase) && eventName.Equals(WaitFor, StringComparison.OrdinalIgnoreCase)
            ? Record(raised with { Status = "Completed", Output = data?.DeepClone(), CustomStatus = null }, ("ExecutionCompleted", e => Ended(e, "Completed", data?.DeepClone())))
            : raised;
    }

    private static DurableOrchestration Record(DurableOrchestration one, params (string Type, Action<JsonObject> Fill)[] events)
    {
        var history = one.History.Count > 0 ? one.History.ToList() : [Event(one, "ExecutionStarted", e => e["FunctionName"] = one.Name)];
        history.AddRange(events.Select(happened => Event(one, happened.Type, happened.Fill)));
        return one with { History = history };
    }

    private static JsonObject Event(DurableOrchestration one, string type, Action<JsonObject> fill)
    {
        var happened = new JsonObject { ["EventType"] = type, ["Timestamp"] = one.Created.UtcDateTime.ToString("O", null) };
        fill(happened);
        return happened;
    }

    private static void Answered(JsonObject happened, string function, string result)
    {
        happened["FunctionName"] = function;
        happened["ScheduledTime"] = (string?)happened["Timestamp"];
        happened["Result"] = result;
    }

    private static void Failed(JsonObject happened, string function, string reason, string details)
    {
        happened["FunctionName"] = function;
        happened["ScheduledTime"] = (string?)happened["Timestamp"];
        happened["Reason"] = reason;
        happened["Details"] = details;
    }

    private static void Ended(JsonObject happened, string status, JsonNode? result)
    {
        happened["OrchestrationStatus"] = status;
        happened["Result"] = result;
    }
}
