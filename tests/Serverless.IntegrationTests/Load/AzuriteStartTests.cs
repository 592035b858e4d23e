using System.Security.Cryptography;
using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Load;

/// <summary>The app starts while the service is not there, or does not let it in.</summary>
/// <param name="complaint">How the store says that it can't begin.</param>
public abstract class AzuriteStartTests<TApp>(string complaint)
    where TApp : AzuriteApp, new()
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TApp _stores = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ServerDown_StoreComesWithTheServer()
    {
        await using var server = await AzuriteServer.StartAsync(Token);
        await server.StopAsync(Token);
        var port = _stores.PortOf(server);
        var store = _stores.Store(server, IWireTarget.StoreName, port, server.Key);
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string> { ["store.yaml"] = store.Replace("  version:", "  ignoreErrors: true\n  version:", StringComparison.Ordinal) },
                Arguments = ["--hot-reload-reconcile-interval", "1s"],
            },
            Token);
        using var client = app.Client();
        var state = new StateHttp(client);
        Assert.Equal("ERR_STATE_STORE_NOT_CONFIGURED", (await state.GetAsync("k", Token)).ErrorCode);
        Assert.True(app.Output.HasLine("level=error", complaint, $"127.0.0.1:{port}"), app.Output.Text);

        await server.StartAgainAsync(Token);

        await Eventually.MustAsync("the store is there", async () => (await state.SaveAsync("k", "1", Token)).IsSuccess, Limit, Token);
    }

    [Fact]
    public async Task Start_WrongKey_IsRefusedWithoutTellingIt()
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
        await using var server = await AzuriteServer.StartAsync(Token);
        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Resources = new Dictionary<string, string> { ["store.yaml"] = _stores.Store(server, IWireTarget.StoreName, _stores.PortOf(server), key) },
            Arguments = ["--log-level", "debug"],
        });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));

        Assert.True(app.Output.HasLine(IWireTarget.StoreName, complaint, "answered 403"), app.Output.Text);
        Assert.DoesNotContain(key, app.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch("SharedKey(Lite)? ", app.Output.Text);
    }
}
