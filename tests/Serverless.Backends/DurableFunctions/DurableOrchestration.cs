using System.Text.Json.Nodes;

namespace Serverless.Backends.DurableFunctions;

/// <summary>An orchestration of <see cref="DurableFunctionsServer"/>.</summary>
/// <param name="Name">The orchestrator function.</param>
/// <param name="Id">The instance id.</param>
/// <param name="Created">When it was started.</param>
public sealed record DurableOrchestration(string Name, string Id, DateTimeOffset Created)
{
    /// <summary>The runtime status.</summary>
    public string Status { get; init; } = "Running";

    /// <summary>The input.</summary>
    public JsonNode? Input { get; init; }

    /// <summary>The output.</summary>
    public JsonNode? Output { get; init; }

    /// <summary>The custom status.</summary>
    public JsonNode? CustomStatus { get; init; }

    /// <summary>The history.</summary>
    public IReadOnlyList<JsonObject> History { get; init; } = [];

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => Status is "Completed" or "Failed" or "Canceled" or "Terminated";

    /// <summary>It as the API shows it.</summary>
    public JsonObject ToJson(bool showInput, bool showHistory, bool showOutput)
    {
        var events = History.Select(happened => happened.DeepClone().AsObject()).ToList();
        if (!showOutput)
        {
            events.ForEach(happened => happened.Remove("Result"));
        }

        return new JsonObject
        {
            ["name"] = Name,
            ["instanceId"] = Id,
            ["runtimeStatus"] = Status,
            ["input"] = showInput ? Input?.DeepClone() : null,
            ["customStatus"] = CustomStatus?.DeepClone(),
            ["output"] = Output?.DeepClone(),
            ["createdTime"] = Seconds(Created),
            ["lastUpdatedTime"] = Seconds(Created.AddSeconds(1)),
            ["historyEvents"] = showHistory ? new JsonArray([.. events]) : null,
        };
    }

    private static string Seconds(DateTimeOffset time) => time.UtcDateTime.ToString("s", null) + "Z";
}
