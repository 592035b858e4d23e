using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>design.md §3, §4: on Azure (<c>WEBSITE_SITE_NAME</c>) nothing is open by mistake and nothing is kept on a disk that goes away.</summary>
public sealed class PlatformTests
{
    private static readonly Dictionary<string, string> Store = new() { ["statestore.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) };

    [Fact]
    public async Task ApiRoutes_WithoutAToken_401AndTheLogSaysHow()
    {
        await using var app = await StartAsync([], []);

        await WireCheck.SendAllAsync(
            app.Host.Port,
            WireStep.Get("/v1.0/metadata", new WireAnswer(401)),
            WireStep.Get("/v1.0/state/statestore/k", new WireAnswer(401)),
            WireStep.Get("/v1.0/nosuch", new WireAnswer(401)),
            WireStep.Get("/v1.0/healthz", Empty()));
        Assert.Contains("DAPR_API_TOKEN", app.Host.Journal.HandlerOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiRoutes_WithoutATokenButAllowedAnonymous_AreServed()
    {
        await using var app = await StartAsync([], new() { ["DAPR_ALLOW_ANONYMOUS"] = "true" });

        await WireCheck.SendAsync(app.Host.Port, WireStep.Get("/v1.0/metadata", new WireAnswer(200)));
    }

    [Fact]
    public async Task ApiRoutes_WithTheToken_AreServed()
    {
        await using var app = await StartAsync([], new() { ["DAPR_API_TOKEN"] = "s3cret" });

        await WireCheck.SendAllAsync(
            app.Host.Port,
            WireStep.Get("/v1.0/metadata", new WireAnswer(200)).With("dapr-api-token", "s3cret"),
            WireStep.Get("/v1.0/metadata", new WireAnswer(401)));
    }

    [Fact]
    public async Task EphemeralStore_WithoutConsent_IsNotLoaded()
    {
        await using var app = await HostedAppWithoutWaitAsync(new() { ["DAPR_ALLOW_ANONYMOUS"] = "true" });

        // Refused as a component that failed: the process ends (no ignoreErrors), or it serves without the store.
        var refused = await Eventually.TrueAsync(
            () => app.Host.Journal.HandlerOutput.Contains("DAPR_ALLOW_EPHEMERAL_STATE", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);

        Assert.True(refused, app.Host.Journal.HandlerOutput);
    }

    [Fact]
    public async Task EphemeralStore_WithConsent_IsLoaded()
    {
        await using var app = await StartAsync(Store, new() { ["DAPR_ALLOW_ANONYMOUS"] = "true", ["DAPR_ALLOW_EPHEMERAL_STATE"] = "true" });

        await WireCheck.SendAllAsync(app.Host.Port, WireStep.Save("1"), WireStep.Read(Bytes("1")));
    }

    private static Task<HostedApp> StartAsync(Dictionary<string, string> components, Dictionary<string, string> settings) =>
        HostedApp.StartAsync(components, OnPlatform(settings), isForwardOnly: false, TestContext.Current.CancellationToken);

    private static Task<HostedApp> HostedAppWithoutWaitAsync(Dictionary<string, string> settings) =>
        HostedApp.LaunchAsync(Store, OnPlatform(settings), isForwardOnly: false, TestContext.Current.CancellationToken);

    private static Dictionary<string, string> OnPlatform(Dictionary<string, string> settings) => new(settings) { ["WEBSITE_SITE_NAME"] = "site" };
}
