using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>design.md §2: under the host the process never ends with 0.</summary>
public sealed class HostedShutdownTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly Dictionary<string, string> WithToken = new() { ["DAPR_API_TOKEN"] = "s3cret" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shutdown_WithTheToken_EndsWith200AndIsStartedAgain()
    {
        await using var app = await StartAsync(WithToken);

        await WireCheck.SendAsync(app.Host.Port, WireStep.Post("/v1.0/shutdown", "", Empty()).With("dapr-api-token", "s3cret"));

        Assert.True(await Eventually.TrueAsync(() => app.Host.Journal.Starts == 2, Limit, Token), string.Join('\n', app.Host.Journal.Events));
        Assert.Equal([200], app.Host.Journal.ExitCodes);
        await app.Host.WaitUntilReadyAsync(Token);
        await WireCheck.SendAsync(app.Host.Port, WireStep.Get("/v1.0/healthz", Empty()));
    }

    [Fact]
    public async Task Shutdown_WithoutATokenConfigured_403()
    {
        await using var app = await StartAsync([]);

        await WireCheck.SendAsync(app.Host.Port, WireStep.Post("/v1.0/shutdown", "", new WireAnswer(403)));

        await WireCheck.SendAsync(app.Host.Port, WireStep.Get("/v1.0/healthz", Empty()));
        Assert.Equal(1, app.Host.Journal.Starts);
    }

    [Fact]
    public async Task Sigterm_UnderTheHost_DoesNotEndWith0()
    {
        await using var app = await StartAsync([]);

        PosixSignal.Terminate(app.Host.Handler.Process.Id);

        Assert.True(await Eventually.TrueAsync(() => app.Host.Journal.ExitCodes.Count == 1, Limit, Token), app.Host.Journal.HandlerOutput);
        Assert.DoesNotContain(0, app.Host.Journal.ExitCodes);
    }

    [Fact]
    public async Task Handler_Killed_IsStartedAgainAndServes()
    {
        await using var app = await StartAsync([]);

        app.Host.Handler.Process.Kill();

        Assert.True(await Eventually.TrueAsync(() => app.Host.Journal.Starts == 2, Limit, Token));
        await app.Host.WaitUntilReadyAsync(Token);
        await WireCheck.SendAllAsync(app.Host.Port, WireStep.Save("1"), WireStep.Read(Bytes("1")));
    }

    private static Task<HostedApp> StartAsync(Dictionary<string, string> appSettings) => HostedApp.StartAsync(
        new Dictionary<string, string> { ["statestore.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) }, appSettings, isForwardOnly: false, Token);
}
