using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Wire;
using Serverless.IntegrationTests.Wire.Tables;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>The process under the host (functions-host.md §1, design.md §2).</summary>
public sealed class HostedProcessTests(HostTarget target) : IClassFixture<HostTarget>
{
    private FunctionsHost Host => target.App.Host;

    [Fact]
    public void Listener_IsOnLoopbackOnlyAndOnTheHostsPort() =>
        Assert.Equal([ListeningSockets.Loopback(Host.Handler.Port)], ListeningSockets.Of(Host.Handler.Process.Id));

    [Fact]
    public async Task Root_AnswersTheHostsProbe() =>
        await WireCheck.SendAsync(Host.Handler.Port, WireStep.Get("/", RouteTable.NoRoute));

    [Fact]
    public async Task FunctionNames_PostedFromOutside_AreTheHosts404()
    {
        foreach (var function in Host.Functions.Functions.Where(function => !function.Route.Equals(function.Name, StringComparison.OrdinalIgnoreCase)))
        {
            await WireCheck.SendAsync(Host.Port, WireStep.Post($"/{function.Name}", "{}", new WireAnswer(404) { Body = "" }));
        }
    }

    [Theory]
    [InlineData("/v1.0/..%2F{0}")]
    [InlineData("/v1.0/%2E%2E%2F{0}")]
    [InlineData("/v1.0/x%2F..%2F..%2F{0}")]
    [InlineData("/v1.0/..%252F{0}")]
    [InlineData("/v1.0/%2F{0}")]
    public async Task FunctionNames_ByEscapedDots_AreNoRoute(string path)
    {
        foreach (var function in Host.Functions.Functions)
        {
            var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, function.Name);
            await WireCheck.SendAsync(Host.Port, WireStep.Post(target, """{"Data":{},"Metadata":{}}""", RouteTable.NoRoute));
        }
    }

    [Fact]
    public async Task State_ThroughAHostThatOnlyForwards_Works()
    {
        await using var app = await HostedApp.StartAsync(
            new Dictionary<string, string> { ["statestore.yaml"] = Resources.InMemoryStore(IWireTarget.StoreName) },
            new Dictionary<string, string>(),
            isForwardOnly: true,
            TestContext.Current.CancellationToken);

        await WireCheck.SendAllAsync(app.Host.Port, WireStep.Save("""{"a":1}"""), WireStep.Read(Bytes("""{"a":1}""").Having("ETag")));
    }

    [Fact]
    public async Task State_WithoutAnyStore_IsNotConfigured()
    {
        await using var app = await HostedApp.StartAsync(
            new Dictionary<string, string>(), new Dictionary<string, string>(), isForwardOnly: false, TestContext.Current.CancellationToken);
        var notConfigured = Rich(
            500,
            "ERR_STATE_STORE_NOT_CONFIGURED",
            "state store {store} is not configured",
            StateDetails.App("DAPR_STATE_NOT_CONFIGURED"));

        await WireCheck.SendAllAsync(
            app.Host.Port,
            WireStep.Read(notConfigured),
            WireStep.Delete("/v1.0/state/{store}/{k}", notConfigured),
            WireStep.SaveItems("{oops", notConfigured),
            WireStep.Bulk("{oops", notConfigured),
            WireStep.Transaction("{oops", notConfigured));
    }
}
