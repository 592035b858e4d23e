using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Wire;

/// <summary>Standalone with state.redis on a server of its own.</summary>
public sealed class RedisTarget : IWireTarget
{
    private RedisServer? _server;
    private AppProcess? _app;

    static WireTargets IWireTarget.Kind => WireTargets.Redis;

    /// <inheritdoc/>
    public int Port => _app!.Port;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _server = await RedisServer.StartAsync(token);
        var settings = new AppSettings
        {
            Resources = new Dictionary<string, string>
            {
                ["statestore.yaml"] = Resources.Component(IWireTarget.StoreName, "state.redis", ("redisHost", _server.Address)),
            },
        };
        _app = await AppProcess.StartAsync(settings, token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
