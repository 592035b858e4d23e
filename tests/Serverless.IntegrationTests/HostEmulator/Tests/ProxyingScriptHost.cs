using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

/// <summary>The emulated host in proxying mode over a handler that echoes.</summary>
public sealed class ProxyingScriptHost : IAsyncLifetime
{
    private readonly ScriptRoot _root = new();
    private FunctionsHost? _host;

    /// <summary>The host.</summary>
    public FunctionsHost Host => _host!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _root.WithHttp("one", "v1.0/{*path}");
        _host = await _root.StartAsync(isForwardOnly: false, TestContext.Current.CancellationToken);
        await _host.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _root.Dispose();
    }

    internal async Task<JsonObject> EchoAsync(RawRequest request)
    {
        var response = await RawClient.SendAsync(Host.Port, request, TestContext.Current.CancellationToken);
        Assert.Equal(200, response.Status);
        return JsonNode.Parse(response.Text)!.AsObject();
    }
}
