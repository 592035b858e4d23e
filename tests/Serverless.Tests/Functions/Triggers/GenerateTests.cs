using System.Text.Json.Nodes;

namespace Serverless.Tests.Functions.Triggers;

public sealed class GenerateTests : IDisposable
{
    private const string StorageQueues = "bindings.azure.storagequeues";
    private const string ServiceBusQueues = "bindings.azure.servicebusqueues";
    private readonly GeneratedPackage _package = new();

    public void Dispose() => _package.Dispose();

    public static TheoryData<string, (string, string)[], string, string[]> Types => new()
    {
        { StorageQueues, [("connectionString", "env:STORAGE"), ("queueName", "orders")], """{"type":"queueTrigger","direction":"in","name":"payload","queueName":"orders","connection":"STORAGE","dataType":"binary"}""", ["STORAGE = <connection string"] },
        { StorageQueues, [("connectionString", "secret:storage"), ("queue", "env:QUEUE")], """{"type":"queueTrigger","direction":"in","name":"payload","queueName":"%QUEUE%","connection":"BINDING_MY_IN","dataType":"binary"}""", ["BINDING_MY_IN = <connection string", "QUEUE = <name of the queue>"] },
        { StorageQueues, [("accountName", "acct"), ("accountKey", "secret:k"), ("queueName", "q")], """{"type":"queueTrigger","direction":"in","name":"payload","queueName":"q","connection":"BINDING_MY_IN","dataType":"binary"}""", ["BINDING_MY_IN = <connection string"] },
        { StorageQueues, [("storageAccount", "acct"), ("queueName", "q"), ("azureClientId", "id1")], """{"type":"queueTrigger","direction":"in","name":"payload","queueName":"q","connection":"BINDING_MY_IN","dataType":"binary"}""", ["BINDING_MY_IN__queueServiceUri = https://acct.queue.core.windows.net", "BINDING_MY_IN__credential = managedidentity", "BINDING_MY_IN__clientId = id1"] },
        { ServiceBusQueues, [("connectionString", "env:BUS"), ("queueName", "orders")], """{"type":"serviceBusTrigger","direction":"in","name":"payload","queueName":"orders","connection":"BUS","dataType":"binary"}""", ["BUS = <connection string"] },
        { ServiceBusQueues, [("namespaceName", "ns"), ("queueName", "orders"), ("direction", "input, output")], """{"type":"serviceBusTrigger","direction":"in","name":"payload","queueName":"orders","connection":"BINDING_MY_IN","dataType":"binary"}""", ["BINDING_MY_IN__fullyQualifiedNamespace = ns.servicebus.windows.net"] },
        { "bindings.cron", [("schedule", "15 3 * * *")], """{"type":"timerTrigger","direction":"in","name":"payload","schedule":"0 15 3 * * *"}""", ["AzureWebJobsStorage = <connection string"] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Type_WithATrigger_GetsItsFunction(string type, (string, string)[] items, string trigger, string[] settings)
    {
        _package.With("components/a.yaml", GeneratedPackage.Component("my.In", type, items));

        Assert.Equal(0, await _package.RunAsync());

        var function = Assert.Single(_package.Functions);
        Assert.Equal("binding-my-in", function.Key);
        Assert.Equal("my.In", (string?)function.Value["component"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(trigger), Assert.Single((JsonArray)function.Value["bindings"]!)), function.Value.ToJsonString());
        Assert.All(settings, setting => Assert.Contains(setting, _package.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("bindings.rabbitmq", "queueName", "q", "standalone only")]
    [InlineData("bindings.azure.eventgrid", "topicEndpoint", "t", "/v1.0/events/x/<webhookSecret>\n")]
    [InlineData("bindings.azure.eventgrid", "webhookAudience", "a", "/v1.0/events/x\n")]
    [InlineData("bindings.mine", "direction", "input", "standalone only")]
    [InlineData("bindings.http", "url", "http://x", "")]
    [InlineData("bindings.mqtt", "direction", "output", "")]
    [InlineData("state.redis", "direction", "input", "")]
    public async Task Type_WithoutATrigger_IsReportedIfItHasInput(string type, string item, string value, string report)
    {
        _package.With("components/a.yaml", GeneratedPackage.Component("x", type, (item, value)));

        Assert.Equal(0, await _package.RunAsync());

        Assert.Empty(_package.Functions);
        Assert.True(report.Length == 0 ? _package.Output.Length == 0 : _package.Output.Contains(report, StringComparison.Ordinal), _package.Output);
        Assert.Null(_package.Host["extensionBundle"]);
    }

    [Theory]
    [InlineData("@every 5m")]
    [InlineData("TZ=Europe/Berlin 0 3 * * *")]
    [InlineData("0 0 1 * 1")]
    [InlineData("env:SCHEDULE")]
    public async Task Schedule_ThatTimersCantSay_SharesTheMinuteTimer(string schedule)
    {
        _package.With("components/a.yaml", GeneratedPackage.Component("one", "bindings.cron", ("schedule", schedule)));
        _package.With("components/b.yaml", GeneratedPackage.Component("two", "bindings.cron", ("schedule", schedule)));

        Assert.Equal(0, await _package.RunAsync());

        var function = Assert.Single(_package.Functions);
        Assert.Equal("cron-minute", function.Key);
        Assert.Equal("0 * * * * *", (string?)function.Value["bindings"]![0]!["schedule"]);
        Assert.Contains("'one'", _package.Output, StringComparison.Ordinal);
        Assert.Single(_package.Output.Split('\n'), line => line.Contains("AzureWebJobsStorage", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Faults => new()
    {
        { GeneratedPackage.Component("x", StorageQueues, ("connectionString", "env:S")), "metadata 'queueName' is required" },
        { GeneratedPackage.Component("x", StorageQueues, ("connectionString", "env:S"), ("queueName", "secret:s")), "metadata 'queueName' is a secret" },
        { GeneratedPackage.Component("x", StorageQueues, ("connectionString", "env:S"), ("queueName", "q-{appID}")), "template" },
        { GeneratedPackage.Component("x", StorageQueues, ("connectionString", "env:S"), ("queueName", "%q%")), "percent sign" },
        { GeneratedPackage.Component("x", StorageQueues, ("connectionString", "env:S"), ("queueName", "q"), ("direction", "env:D")), "metadata 'direction'" },
        { GeneratedPackage.Component("x", "bindings.cron", ("schedule", "@every 5s")), "more often than once a minute" },
        { GeneratedPackage.Component("x", "bindings.cron", ("schedule", "never")), "is no schedule" },
        { GeneratedPackage.Queue("a.b") + "---\n" + GeneratedPackage.Queue("A-B"), "would share the function 'binding-a-b'" },
        { GeneratedPackage.Component("a_b", StorageQueues, ("accountName", "a"), ("queueName", "q")) + "---\n" + GeneratedPackage.Component("a-b", StorageQueues, ("accountName", "a"), ("queueName", "q")), "would share the app settings 'BINDING_A_B'" },
        { GeneratedPackage.Queue("a") + "---\n" + GeneratedPackage.Queue("a"), "duplicate definition" },
        { GeneratedPackage.Queue(new string('a', 121)), "too long" },
        { "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: [", "invalid YAML" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_Each_EndsWithTwoAndWritesNothing(string yaml, string expected)
    {
        _package.With("components/a.yaml", yaml);

        Assert.Equal(2, await _package.RunAsync());

        Assert.Contains(expected, _package.Errors, StringComparison.Ordinal);
        Assert.Empty(_package.Output);
        Assert.Empty(_package.Functions);
    }

    [Fact]
    public async Task Folder_OfAnotherFunction_IsNotTouched()
    {
        const string theirs = """{"bindings":[]}""";
        _package.With("components/a.yaml", GeneratedPackage.Queue("x")).With("Binding-X/function.json", theirs);

        Assert.Equal(2, await _package.RunAsync());

        Assert.Contains("'Binding-X'", _package.Errors, StringComparison.Ordinal);
        Assert.Equal(theirs, await File.ReadAllTextAsync(Path.Combine(_package.Root, "Binding-X", "function.json"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("unknown flag --nosuch", "--nosuch")]
    [InlineData("--output is required", "--app-id", "a")]
    [InlineData("unexpected argument 'x'", "--output", "/", "x")]
    [InlineData("holds no host.json", "--output", "/nowhere-at-all")]
    public async Task CommandLine_Unusable_EndsWithTwo(string expected, params string[] args)
    {
        Assert.Equal(2, await _package.RunAsync(args));
        Assert.Contains(expected, _package.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostFile_FollowsTheTriggers()
    {
        _package.With("components/q.yaml", GeneratedPackage.Queue("x")).With("components/b.yaml", GeneratedPackage.Component("y", ServiceBusQueues, ("connectionString", "env:B"), ("queueName", "q")));
        Assert.Equal(0, await _package.RunAsync());
        Assert.Equal("""{"messageEncoding":"none","visibilityTimeout":"00:00:30","maxPollingInterval":"00:00:02"}""", _package.Host["extensions"]!["queues"]!.ToJsonString());
        Assert.Equal("00:10:00", (string?)_package.Host["extensions"]!["serviceBus"]!["maxAutoLockRenewalDuration"]);
        Assert.Equal("Microsoft.Azure.Functions.ExtensionBundle", (string?)_package.Host["extensionBundle"]!["id"]);
        Assert.Equal("Mine", (string?)_package.Host["customHandler"]!["description"]!["defaultExecutablePath"]);

        // Again: nothing changes. Without them: everything goes.
        var before = Snapshot();
        Assert.Equal(0, await _package.RunAsync());
        Assert.Equal(before, Snapshot());
        _package.Without("components/q.yaml").Without("components/b.yaml").With("components/c.yaml", GeneratedPackage.Component("t", "bindings.cron", ("schedule", "@hourly")));
        Assert.Equal(0, await _package.RunAsync());
        Assert.Equal(["binding-t"], _package.Functions.Keys);
        Assert.Null(_package.Host["extensionBundle"]);
        Assert.Equal("""{"http":{"routePrefix":""}}""", _package.Host["extensions"]!.ToJsonString());
        Assert.False(Directory.Exists(Path.Combine(_package.Root, "binding-x")));
    }

    [Fact]
    public async Task HostFile_SettingsOfItsOwn_Stay()
    {
        _package.With("host.json", """{"extensions":{"queues":{"batchSize":1,"messageEncoding":"base64","visibilityTimeout":"00:01:00"}},"extensionBundle":{"version":"[4.20.0]"}}""")
            .With("components/q.yaml", GeneratedPackage.Queue("x"));

        Assert.Equal(0, await _package.RunAsync());

        Assert.Equal("""{"batchSize":1,"messageEncoding":"none","visibilityTimeout":"00:01:00","maxPollingInterval":"00:00:02"}""", _package.Host["extensions"]!["queues"]!.ToJsonString());
        Assert.Equal("""{"version":"[4.20.0]","id":"Microsoft.Azure.Functions.ExtensionBundle"}""", _package.Host["extensionBundle"]!.ToJsonString());
    }

    [Fact]
    public async Task Scopes_OfOtherApps_AreLeftOutWhenTheAppIsNamed()
    {
        _package.With("elsewhere/a.yaml", GeneratedPackage.Queue("x") + "scopes: [other]\n");

        Assert.Equal(0, await _package.RunAsync("--output", _package.Root, "--resources-path", Path.Combine(_package.Root, "elsewhere"), "--app-id", "mine"));
        Assert.Empty(_package.Functions);
        Assert.Equal(0, await _package.RunAsync("--output", _package.Root, "--resources-path", Path.Combine(_package.Root, "elsewhere")));
        Assert.Single(_package.Functions);
    }

    [Fact]
    public async Task Report_NeverHoldsASecretOfTheFile()
    {
        _package.With("components/a.yaml", GeneratedPackage.Component("x", StorageQueues, ("connectionString", "DefaultEndpointsProtocol=https;AccountKey=topsecret"), ("queueName", "q")));

        Assert.Equal(0, await _package.RunAsync());

        Assert.DoesNotContain("topsecret", _package.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", _package.Functions.Values.Single().ToJsonString(), StringComparison.Ordinal);
    }

    private string Snapshot() => string.Join('\n', Directory.EnumerateFiles(_package.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O} {File.ReadAllText(file)}"));
}
