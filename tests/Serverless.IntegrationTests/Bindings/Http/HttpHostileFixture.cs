using System.Collections.Concurrent;
using System.Net.Sockets;
using Serverless.Backends.WebServices;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Http;

/// <summary>An app whose http binding leads to a server that says whatever a test wants.</summary>
public sealed class HttpHostileFixture : IAsyncLifetime
{
    private AppProcess? _app;

    public HttpHostileFixture() => Server = new RawServer((head, stream, token) => Answers[head.Split(' ')[1]](stream, token));

    /// <summary>What is said on a path.</summary>
    public ConcurrentDictionary<string, Func<NetworkStream, CancellationToken, Task>> Answers { get; } = new();

    public RawServer Server { get; }

    public AppProcess App => _app!;

    public async ValueTask InitializeAsync() => _app = await AppProcess.StartAsync(
        new AppSettings
        {
            Resources = new Dictionary<string, string>
            {
                ["web.yaml"] = Resources.Component("web", "bindings.http", ("url", $"http://127.0.0.1:{Server.Port}"), ("responseTimeout", "500ms"), ("maxResponseBodySize", "64Ki")),
            },
        },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Server.DisposeAsync();
    }
}
