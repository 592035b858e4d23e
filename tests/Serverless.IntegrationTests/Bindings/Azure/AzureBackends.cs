using System.Globalization;
using System.Text;
using Serverless.Backends.Azurite;
using Serverless.Backends.EventGrid;
using Serverless.Backends.EventHubs;
using Serverless.Backends.Network;
using Serverless.Backends.ServiceBus;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Azure;

/// <summary>One of each service behind a process with all output bindings of Azure, usable and unusable ones.</summary>
public sealed class AzureBackends : IAsyncLifetime
{
    /// <summary>The queues' name.</summary>
    public const string Queue = "orders";

    /// <summary>A key of no account.</summary>
    public const string WrongKey = "d3IwbmdrZXk=";

    private AzuriteServer? _azurite;
    private AppProcess? _app;

    /// <summary>The namespace of queues.</summary>
    public ServiceBusServer Bus { get; private set; } = null!;

    /// <summary>The topic, of CloudEvents.</summary>
    public EventGridServer Grid { get; private set; } = null!;

    /// <summary>The hub.</summary>
    public EventHubsServer Hubs { get; private set; } = null!;

    /// <summary>In front of Queue Storage, for the binding <c>queue</c> alone.</summary>
    public TcpProxy QueueProxy { get; private set; } = null!;

    /// <summary>The process.</summary>
    public AppProcess App => _app!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);
        Bus = await ServiceBusServer.StartAsync(new ServiceBusSettings { Policies = [new("all", "busSecret")] });
        Grid = await EventGridServer.StartAsync(isCloudEvents: true);
        Hubs = await EventHubsServer.StartAsync("hub");
        QueueProxy = new TcpProxy(_azurite.QueuePort);
        _app = await AppProcess.StartAsync(new AppSettings { Resources = Components().ToDictionary(one => $"{one.Name}.yaml", one => one.Yaml) }, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (QueueProxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Hubs?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Grid?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Bus?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Calls a binding; the answer's status and text.</summary>
    internal async Task<(int Status, string Text)> CallAsync(string binding, string data, string metadata = "{}", string operation = "create", params (string Name, string Value)[] headers)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"operation":"{{operation}}","data":{{data}},"metadata":{{metadata}}}""");
        var answer = await RawClient.SendAsync(App.Port, new RawRequest("POST", $"/v1.0/bindings/{binding}") { Body = body, Headers = headers }, TestContext.Current.CancellationToken);
        return (answer.Status, answer.Text);
    }

    private IEnumerable<(string Name, string Yaml)> Components()
    {
        yield return Of("queue", "storagequeues", ("accountName", _azurite!.Account), ("accountKey", _azurite.Key), ("queueEndpoint", Local(QueueProxy.Port)), ("queueName", Queue));
        yield return Unless("queue-refused", ("accountName", _azurite.Account), ("accountKey", WrongKey), ("queueEndpoint", Local(_azurite.QueuePort)), ("queueName", Queue));
        yield return Unless("queue-down", ("accountName", "some"), ("accountKey", WrongKey), ("queueEndpoint", Local(1)), ("queueName", Queue));
        yield return Of("bus", "servicebusqueues", ("connectionString", Connection("busSecret")), ("queueName", Queue), ("timeoutInSec", "2"), ("publishInitialRetryIntervalInMs", "10"));
        yield return Of("bus-refused", "servicebusqueues", ("connectionString", Connection("wr0ng")), ("queueName", Queue));
        yield return Of("bus-down", "servicebusqueues", ("connectionString", "Endpoint=http://127.0.0.1:1/;SharedAccessKeyName=all;SharedAccessKey=busSecret"), ("queueName", Queue), ("disableEntityManagement", "true"), ("publishMaxRetries", "0"));
        yield return Of("grid", "eventgrid", ("topicEndpoint", Grid.HttpTopic.ToString()), ("accessKey", Grid.Key));
        yield return Of("grid-refused", "eventgrid", ("topicEndpoint", Grid.HttpTopic.ToString()), ("accessKey", "wr0ng"));
        yield return Of("grid-down", "eventgrid", ("topicEndpoint", "http://127.0.0.1:1/api/events"), ("accessKey", "gridSecret"));
        yield return Of("hub", "eventhubs", ("connectionString", Hubs.ConnectionString), ("eventHub", "hub"));
        yield return Of("hub-refused", "eventhubs", ("connectionString", $"Endpoint={Local(Hubs.HttpPort)}/;SharedAccessKeyName=send;SharedAccessKey=wr0ng"), ("eventHub", "hub"));
        yield return Of("hub-down", "eventhubs", ("connectionString", "Endpoint=http://127.0.0.1:1/;SharedAccessKeyName=send;SharedAccessKey=hubSecret"), ("eventHub", "hub"));
    }

    private string Connection(string key) => $"Endpoint=http://localhost:{Bus.HttpPort.ToString(CultureInfo.InvariantCulture)}/;SharedAccessKeyName=all;SharedAccessKey={key}";

    private static string Local(int port) => $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";

    // The process starts without it.
    private static (string Name, string Yaml) Unless(string name, params (string Name, string Value)[] metadata) =>
        (name, Of(name, "storagequeues", metadata).Yaml.Replace("version: v1", "version: v1\n  ignoreErrors: true", StringComparison.Ordinal));

    private static (string Name, string Yaml) Of(string name, string type, params (string Name, string Value)[] metadata) =>
        (name, Resources.Component(name, $"bindings.azure.{type}", [.. metadata, ("direction", "output")]));
}
