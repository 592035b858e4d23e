using System.Net;
using System.Security.Cryptography;
using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.AzureTables;

/// <summary>The app starts while the service is not there, or does not let it in.</summary>
public sealed class TableStartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ServerDown_StoreComesWithTheServer()
    {
        await using var server = await AzuriteServer.StartAsync(Token);
        await server.StopAsync(Token);
        var store = TableApp.Store(server, IWireTarget.StoreName, server.TablePort, server.Key);
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string> { ["store.yaml"] = store.Replace("  version: v1", "  version: v1\n  ignoreErrors: true", StringComparison.Ordinal) },
                Arguments = ["--hot-reload-reconcile-interval", "1s"],
            },
            Token);
        using var client = app.Client();
        var state = new StateHttp(client);
        Assert.NotEqual(HttpStatusCode.OK, (await state.GetAsync("k", Token)).Status);
        Assert.True(app.Output.HasLine("level=error", "can't be created", $"127.0.0.1:{server.TablePort}"), app.Output.Text);

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
            Resources = new Dictionary<string, string> { ["store.yaml"] = TableApp.Store(server, IWireTarget.StoreName, server.TablePort, key) },
            Arguments = ["--log-level", "debug"],
        });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));

        Assert.True(app.Output.HasLine(IWireTarget.StoreName, "can't be created", "answered 403"), app.Output.Text);
        Assert.DoesNotContain(key, app.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SharedKeyLite ", app.Output.Text, StringComparison.Ordinal);
    }
}
