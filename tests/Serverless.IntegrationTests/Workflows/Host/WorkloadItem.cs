using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.Workflows.Host;

/// <summary>One workflow of a mixed load, and what it must have come to.</summary>
/// <param name="Id">The instance.</param>
/// <param name="Workflow">A workflow of tests/Serverless.WorkflowApp.</param>
/// <param name="Input">Its input.</param>
/// <param name="Tickets">How many tickets its output has.</param>
/// <param name="Events">How many events <c>Go</c> it waits for.</param>
internal sealed record WorkloadItem(string Id, string Workflow, string Input, int Tickets, int Events)
{
    private const int Kinds = 5;

    /// <summary>Sequences, fan-outs, timers, events and children in turn.</summary>
    public static IReadOnlyList<WorkloadItem> Mix(int count) =>
    [
        .. Enumerable.Range(0, count).Select(static number => (number % Kinds) switch
        {
            0 => new WorkloadItem($"seq-{number}", "Sequence", "5", 5, 0),
            1 => new WorkloadItem($"spread-{number}", "Spread", "10", 10, 0),
            2 => new WorkloadItem($"naps-{number}", "Naps", "[500,1500,100]", 3, 0),
            3 => new WorkloadItem($"signals-{number}", "Signals", "2", 2, 2),
            _ => new WorkloadItem($"family-{number}", "Family", "2", 4, 0),
        }),
    ];

    /// <summary>Starts it and raises its events.</summary>
    public async Task StartAsync(WorkflowClient client)
    {
        await client.StartAsync(Workflow, Id, Input);
        for (var number = 0; number < Events; number++)
        {
            await client.RaiseAsync(Id, "Go", $"{number}");
        }
    }

    /// <summary>Waits for its end, and fails unless each activity's recorded result stands in the output exactly once.</summary>
    public async Task CheckAsync(WorkflowClient client, TimeSpan limit, Func<string> story)
    {
        var state = await client.WaitAsync(Id, limit, story);
        Assert.True((string?)state["runtimeStatus"] == "COMPLETED", $"{state.ToJsonString()}\n{story()}");
        var output = Ids((JsonArray)JsonNode.Parse((string)state["properties"]!["dapr.workflow.output"]!)!);
        Assert.Equal(Tickets, output.Count);
        Assert.Equal(Tickets, output.Distinct().Count());
        if (Workflow != "Family")
        {
            var history = await client.HistoryAsync(Id);
            var completed = Of(history, "TaskCompleted").ToList();
            Assert.Equal(Of(history, "TaskScheduled").Select(static item => (int)item["eventID"]!).Order(), completed.Select(static item => (int)item["taskID"]!).Order());
            Assert.Equal(output.Order(StringComparer.Ordinal), Ids([.. completed.Select(static item => JsonNode.Parse((string)item["data"]!))]).Order(StringComparer.Ordinal));
        }
    }

    private static IEnumerable<JsonObject> Of(IReadOnlyList<JsonObject> history, string type) => history.Where(item => (string?)item["type"] == type);

    private static List<string> Ids(JsonArray tickets) => [.. tickets.Select(static ticket => (string)ticket!["id"]!)];
}
