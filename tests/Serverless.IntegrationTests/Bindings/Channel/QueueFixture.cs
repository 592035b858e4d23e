using Serverless.Backends.Apps;
using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Channel;

/// <summary>An Azurite for one class, and processes that read and write a queue of their own in it.</summary>
public sealed class QueueFixture : IAsyncLifetime
{
    private const string Hidden = "visibilityTimeout";
    private AzuriteServer? _server;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _server = await AzuriteServer.StartAsync(TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>The YAML of a queue binding that looks for messages each 0.1 s.</summary>
    public string Queue(string name, string queue, params (string Name, string Value)[] metadata) => Resources.Component(
        name,
        "bindings.azure.storagequeues",
        [
            ("accountName", _server!.Account), ("accountKey", _server.Key), ("endpoint", _server.QueueEndpoint), ("queueName", queue),
            ("pollingInterval", "100ms"), ("ttlInSeconds", "600"), .. metadata.Any(item => item.Name == Hidden) ? metadata : [(Hidden, "2s"), .. metadata],
        ]);

    /// <summary>Settings of a process with one binding, <c>queue</c>, on a queue of its own, beside an app.</summary>
    public AppSettings Settings(RecordingApp app, params (string Name, string Value)[] metadata) => new()
    {
        Arguments = ["--app-port", $"{app.Port}"],
        Resources = new Dictionary<string, string> { ["queue.yaml"] = Queue("queue", NewName(), metadata) },
    };

    /// <summary>A queue name that no other test uses.</summary>
    public static string NewName() => $"q-{Guid.NewGuid():N}";

    /// <summary>Sends a message through the process.</summary>
    public static async Task SendAsync(int port, string data, string binding = "queue")
    {
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"operation":"create","data":{{data}}}""");
        var answer = await RawClient.SendAsync(port, new RawRequest("POST", $"/v1.0/bindings/{binding}") { Body = body }, TestContext.Current.CancellationToken);
        Assert.True(answer.Status is 200 or 204, $"{answer.Status} {answer.Text}");
    }
}
