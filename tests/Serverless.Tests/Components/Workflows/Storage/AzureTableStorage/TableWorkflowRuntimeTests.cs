using System.Globalization;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Execution;
using Serverless.Components.Workflows.Instances;
using Serverless.Tests.Clients.AzureStorage.Tables;
using Serverless.Tests.Components.State.AzureTableStorage;
using Serverless.Tests.Components.Workflows.Execution;

namespace Serverless.Tests.Components.Workflows.Storage.AzureTableStorage;

/// <summary>The engine on this store: what a workflow costs, and how long a wide one takes.</summary>
public sealed class TableWorkflowRuntimeTests(TableServerFixture fixture, ITestOutputHelper output) : IClassFixture<TableServerFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private readonly TableTransport _transport = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Chain", 5)]
    [InlineData("Chain", 50)]
    [InlineData("FanOut", 10)]
    [InlineData("FanOut", 1_000)]
    public async Task Workflow_OfAnySize_TakesFewRequests(string name, int size)
    {
        await using var table = new TableWorkflows(fixture);
        await using var runtime = await OpenAsync(table, _transport);
        await RunAsync(runtime, "warm", name, size);
        _transport.Clear();
        var begun = TimeProvider.System.GetTimestamp();

        await RunAsync(runtime, "w1", name, size);

        var milliseconds = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
        var requests = _transport.Requests.Where(request => request != "get").ToList();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {size}: {requests.Count} requests, {milliseconds:F0} ms: {string.Join(", ", requests.CountBy(request => request).Select(pair => $"{pair.Value} {pair.Key}"))}"));

        // A chain commits once a step; a fan-out of a thousand is staged and applied by the hundred, there and back. The rest is for the start and the end.
        Assert.InRange(requests.Count, 1, (name == "Chain" ? size : size / 10) + 30);
    }

    [Fact]
    public async Task Runtimes_ThatCompete_FinishEverything()
    {
        await using var table = new TableWorkflows(fixture);
        await using var first = await OpenAsync(table);
        await using var second = await OpenAsync(table);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(number => RunAsync(number % 2 == 0 ? first : second, $"w{number}", number % 3 == 0 ? "FanOut" : "Chain", 5)));

        Assert.Equal(30, (await first.Engine.ListAsync(new WorkflowQuery { PageSize = 100 }, Cancellation))!.Instances.Count(instance => instance.Status == WorkflowRuntimeStatus.Completed));
    }

    // What loses its index row waits for the repair, a minute.
    [Theory(Explicit = true)]
    [InlineData(7)]
    [InlineData(23)]
    public async Task Runtime_WithAnswersLost_FinishesEverything(int every)
    {
        await using var table = new TableWorkflows(fixture);
        await using var runtime = await OpenAsync(table, _transport);
        await using var other = await OpenAsync(table);
        _transport.LosesEvery = every;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => RunAsync(runtime, $"w{number}", number % 4 == 0 ? "FanOut" : "Chain", number % 4 == 0 ? 120 : 5)));

        _transport.LosesEvery = 0;
        Assert.All(
            (await other.Engine.ListAsync(new WorkflowQuery { PageSize = 100 }, Cancellation))!.Instances,
            instance => Assert.Equal(WorkflowRuntimeStatus.Completed, instance.Status));
    }

    private async Task RunAsync(WorkflowRuntime runtime, string id, string name, int size)
    {
        await StartAsync(runtime, new WorkflowStart(id, name, size.ToString(CultureInfo.InvariantCulture)));
        var begun = TimeProvider.System.GetTimestamp();
        while (await runtime.Engine.GetAsync(id, Cancellation) is not { Status: WorkflowRuntimeStatus.Completed })
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, $"{id} does not end: {string.Join(' ', _transport.Requests.TakeLast(40))}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    // Whoever gets no answer asks again.
    private static async Task StartAsync(WorkflowRuntime runtime, WorkflowStart start)
    {
        while (await runtime.Engine.GetAsync(start.InstanceId, Cancellation) is null)
        {
            try
            {
                await runtime.Engine.StartAsync(start, Cancellation);
            }
            catch (WorkflowEngineException)
            {
                // It may have begun.
            }
        }
    }

    private async Task<WorkflowRuntime> OpenAsync(TableWorkflows table, TableTransport? transport = null) => await WorkflowRuntime.OpenAsync(
        new WorkflowRuntimeOptions
        {
            Context = TableStores.Context(fixture, "unused", TimeProvider.System),
            AppId = "app",
            Catalog = Programs.Catalog(),
            Heartbeat = TimeSpan.FromSeconds(5),
        },
        await table.OpenAsync(transport),
        Cancellation);
}
