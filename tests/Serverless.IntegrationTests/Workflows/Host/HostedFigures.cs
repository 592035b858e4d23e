using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Backends.Azurite;

namespace Serverless.IntegrationTests.Workflows.Host;

/// <summary>What workflows cost behind the emulated host, with Azurite's queues and tables: figures to read, for the documents.</summary>
/// <remarks>
/// By name only: <c>Serverless.IntegrationTests -explicit only -showLiveOutput -class "*HostedFigures"</c>. The emulator polls every 0.2 s at most
/// instead of every 2 s, and its host, the app and Azurite share the machine.
/// </remarks>
public sealed class HostedFigures(ITestOutputHelper output)
{
    private const int Workflows = 100;
    private const int Steps = 5;
    private const int Measured = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A hundred workflows of five activities one after the other, over two instances.</summary>
    [Fact(Explicit = true)]
    public async Task Sequences_PerSecond_AndTheTimeOfAStep()
    {
        await using var azurite = await AzuriteServer.StartAsync(Token);
        await using var hosts = await StartAsync(azurite, 2);
        await RunAsync(hosts, "warm", 20);

        var (seconds, steps) = await RunAsync(hosts, "run", Workflows);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Workflows} workflows of {Steps} activities: {seconds:0.0} s, {Workflows / seconds:0.0} workflows/s, {Workflows * Steps / seconds:0} activities/s"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a step, from one activity asked for to the next: p50 {steps[steps.Count / 2]:0} ms, p95 {steps[(int)(steps.Count * 0.95)]:0} ms"));
    }

    /// <summary>Requests to the storage account of an activity, and its time, in a short and in a long history.</summary>
    [Theory(Explicit = true)]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(10_000)]
    public async Task Step_InAHistory_TakesSoManyRequests(int events)
    {
        await using var azurite = await AzuriteServer.StartAsync(new AzuriteSettings { IsLogged = true }, Token);
        await using var hosts = await StartAsync(azurite, 1);
        await hosts.Client.StartAsync("Growing", "growing", $$"""{"events":{{events}},"measured":{{Measured}}}""");
        await Eventually.MustAsync("it has grown", async () => (string?)(await hosts.Client.GetAsync("growing"))?["properties"]?["dapr.workflow.custom_status"] == "\"grown\"", TimeSpan.FromMinutes(10), Token);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Token);
        var before = azurite.Requests.Count;

        await hosts.Client.RaiseAsync("growing", "Go", "1");
        await hosts.Client.WaitAsync("growing", TimeSpan.FromMinutes(3), () => hosts.Story);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token);

        var requests = azurite.Requests.Skip(before).ToList();
        var steps = StepsOf(await hosts.Client.HistoryAsync("growing")).TakeLast(Measured - 1).Order().ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after {events} events, {Measured} activities one after the other: p50 {steps[steps.Count / 2]:0} ms, p95 {steps[(int)(steps.Count * 0.95)]:0} ms a step; requests a step:"));
        foreach (var group in requests.GroupBy(Kind).OrderBy(static group => group.Key, StringComparer.Ordinal))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {group.Key}: {(double)group.Count() / Measured:0.00}"));
        }
    }

    private static Task<WorkflowHosts> StartAsync(AzuriteServer azurite, int instances) => WorkflowHosts.StartAsync(
        WorkflowHosts.Settings(azurite),
        instances,
        WorkflowHosts.Store("state.azure.tablestorage", ("accountName", azurite.Account), ("accountKey", azurite.Key), ("serviceURL", azurite.TableEndpoint), ("tableName", "figures")),
        WorkflowHosts.StorageDispatcher());

    private static async Task<(double Seconds, List<double> Steps)> RunAsync(WorkflowHosts hosts, string name, int count)
    {
        var ids = Enumerable.Range(0, count).Select(number => $"{name}-{number}").ToList();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token }, async (id, _) => await hosts.Client.StartAsync("Sequence", id, $"{Steps}"));
        foreach (var id in ids)
        {
            await hosts.Client.WaitAsync(id, TimeSpan.FromMinutes(3), () => hosts.Story);
        }

        var states = new List<JsonObject>();
        var steps = new List<double>();
        foreach (var id in ids)
        {
            states.Add((await hosts.Client.GetAsync(id))!);
            steps.AddRange(StepsOf(await hosts.Client.HistoryAsync(id)));
        }

        steps.Sort();
        return ((states.Max(static state => Time(state["lastUpdatedAt"])) - states.Min(static state => Time(state["createdAt"]))).TotalSeconds, steps);
    }

    // From one activity asked for to the next, by the turns' own clock.
    private static List<double> StepsOf(IReadOnlyList<JsonObject> history)
    {
        var asked = history.Where(static item => (string?)item["type"] is "TaskScheduled" or "ExecutionCompleted").Select(static item => Time(item["timestamp"])).ToList();
        return [.. asked.Zip(asked.Skip(1), static (one, next) => (next - one).TotalMilliseconds)];
    }

    private static DateTimeOffset Time(JsonNode? text) => DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture);

    private static string Kind(LoggedRequest request)
    {
        var path = request.Target.Split('?')[0];
        var part = request.Service == "Table" ? (path.EndsWith("$batch", StringComparison.Ordinal) ? "batch" : "rows")
            : path.EndsWith("/messages", StringComparison.Ordinal) ? "messages"
            : path.Contains("/messages/", StringComparison.Ordinal) ? "one message"
            : "queue";
        return $"{request.Service} {request.Method} {part}";
    }
}
