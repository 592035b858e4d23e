using System.Text.Json.Nodes;
using Serverless.Tests.Functions.Triggers;

namespace Serverless.Tests.Functions.Workflows.Triggers;

public sealed class WorkflowGenerateTests : IDisposable
{
    private const string StorageQueues = "workflow.dispatcher.azure.storagequeues";
    private const string ServiceBusQueues = "workflow.dispatcher.azure.servicebusqueues";
    private readonly GeneratedPackage _package = new();

    public void Dispose() => _package.Dispose();

    public static TheoryData<string, (string, string)[], string, string[]> Dispatchers => new()
    {
        { StorageQueues, [("connectionString", "env:STORAGE")], """{"type":"queueTrigger","direction":"in","name":"payload","queueName":"workflow-turns","connection":"STORAGE","dataType":"binary"}""", ["workflow-activities: queueTrigger of component 'my.flows', queueName workflow-activities", "STORAGE = <connection string of the storage account>"] },
        { StorageQueues, [("accountName", "acct"), ("turnsQueue", "env:TURNS"), ("activitiesQueue", "acts")], """{"type":"queueTrigger","direction":"in","name":"payload","queueName":"%TURNS%","connection":"WORKFLOW_MY_FLOWS","dataType":"binary"}""", ["queueName acts", "WORKFLOW_MY_FLOWS__queueServiceUri = https://acct.queue.core.windows.net", "TURNS = <name of the queue>"] },
        { ServiceBusQueues, [("namespaceName", "ns")], """{"type":"serviceBusTrigger","direction":"in","name":"payload","queueName":"workflow-turns","connection":"WORKFLOW_MY_FLOWS","dataType":"binary"}""", ["WORKFLOW_MY_FLOWS__fullyQualifiedNamespace = ns.servicebus.windows.net"] },
    };

    [Theory]
    [MemberData(nameof(Dispatchers))]
    public async Task Dispatcher_Each_GetsItsThreeFunctions(string type, (string, string)[] items, string turns, string[] report)
    {
        _package.With("components/a.yaml", GeneratedPackage.Component("my.flows", type, items));

        Assert.Equal(0, await _package.RunAsync());

        Assert.Equal(["workflow-activities", "workflow-sweep", "workflow-turns"], _package.Functions.Keys.Order(StringComparer.Ordinal));
        Assert.All(_package.Functions.Values, function => Assert.Equal("my.flows", (string?)function["component"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(turns), _package.Functions["workflow-turns"]["bindings"]![0]), _package.Functions["workflow-turns"].ToJsonString());
        Assert.Equal("""{"type":"timerTrigger","direction":"in","name":"payload","schedule":"0 * * * * *"}""", _package.Functions["workflow-sweep"]["bindings"]![0]!.ToJsonString());
        Assert.All(report.Append("AzureWebJobsStorage = <connection string"), line => Assert.Contains(line, _package.Output, StringComparison.Ordinal));
        Assert.NotNull(_package.Host["extensionBundle"]);
        Assert.NotNull(_package.Host["extensions"]![type == StorageQueues ? "queues" : "serviceBus"]);

        // Without it they go.
        _package.Without("components/a.yaml");
        Assert.Equal(0, await _package.RunAsync());
        Assert.Empty(_package.Functions);
        Assert.Null(_package.Host["extensionBundle"]);
    }

    [Theory]
    [InlineData("state.redis")]
    [InlineData("workflow.azure.durablefunctions")]
    public async Task Component_ThatIsNoDispatcher_GetsNone(string type)
    {
        _package.With("components/a.yaml", GeneratedPackage.Component("x", type));

        Assert.Equal(0, await _package.RunAsync());

        Assert.Empty(_package.Functions);
        Assert.Empty(_package.Output);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { Dispatcher("one") + "---\n" + Dispatcher("two"), "components 'one' and 'two' would share the function 'workflow-turns': an app has only one of them" },
        { Dispatcher("x", ("turnsQueue", "workflow-activities")), "metadata 'activitiesQueue' names the queue of turnsQueue" },
        { Dispatcher("x", ("turnsQueue", "secret:s")), "metadata 'turnsQueue' is a secret" },
        { Dispatcher("x", ("activitiesQueue", "a-{appID}")), "template" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_Each_EndsWithTwoAndWritesNothing(string yaml, string expected)
    {
        _package.With("components/a.yaml", yaml);

        Assert.Equal(2, await _package.RunAsync());

        Assert.Contains(expected, _package.Errors, StringComparison.Ordinal);
        Assert.Empty(_package.Functions);
    }

    private static string Dispatcher(string name, params (string, string)[] items) => GeneratedPackage.Component(name, StorageQueues, [("connectionString", "env:S"), .. items]);
}
