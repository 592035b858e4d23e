using System.Net;
using System.Text.Json.Nodes;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The app starts while its server is not there, or does not let it in.</summary>
public sealed class RedisStartTests
{
    private const string Secret = "not-the-pass-word";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_ServerDownOrHung_StoreComesWithTheServer(bool isHung)
    {
        await using var server = await RedisServer.StartAsync(Token);
        await (isHung ? PauseAsync(server) : server.StopAsync(Token));
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string>
                {
                    ["store.yaml"] = RedisApp.OptionalStore(server.Address),
                    ["memory.yaml"] = Resources.InMemoryStore("memory"),
                },
                Arguments = ["--hot-reload-reconcile-interval", "1s"],
            },
            Token);
        using var client = app.Client();
        var state = new StateHttp(client);

        Assert.True((await new StateHttp(client, "memory").SaveAsync("k", "1", Token)).IsSuccess);
        Assert.Equal((HttpStatusCode.BadRequest, "ERR_STATE_STORE_NOT_FOUND"), await StatusAsync(state));
        Assert.Equal(["memory"], await ComponentsAsync(client));
        Assert.True(app.Output.HasLine("level=error", "error connecting to redis", server.Address), app.Output.Text);

        await (isHung ? ResumeAsync(server) : server.StartAgainAsync(Token));

        await Eventually.MustAsync("the store is there", async () => (await state.SaveAsync("k", "1", Token)).IsSuccess, Limit, Token);
        Assert.Equal(["memory", IWireTarget.StoreName], await ComponentsAsync(client));
    }

    [Fact]
    public async Task Start_ServerDown_RefusedWithoutIgnoreErrors()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await server.StopAsync(Token);

        await AssertRefusedAsync(RedisApp.Store(server.Address), server.Address);
    }

    [Fact]
    public async Task Start_WrongPassword_RefusedWithoutTellingIt()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Password = "right" }, Token);

        var output = await AssertRefusedAsync(RedisApp.Store(server.Address, ("redisPassword", Secret)), "WRONGPASS");

        Assert.DoesNotContain(Secret, output, StringComparison.Ordinal);
    }

    private static Task PauseAsync(RedisServer server)
    {
        server.Pause();
        return Task.CompletedTask;
    }

    private static Task ResumeAsync(RedisServer server)
    {
        server.Resume();
        return Task.CompletedTask;
    }

    private static async Task<string> AssertRefusedAsync(string yaml, string reason)
    {
        await using var app = await AppProcess.LaunchAsync(
            new AppSettings { Resources = new Dictionary<string, string> { ["store.yaml"] = yaml }, Arguments = ["--log-level", "debug"] });

        Assert.NotEqual(0, await app.Process.WaitForExitAsync(Token));
        Assert.True(app.Output.HasLine(IWireTarget.StoreName, "error connecting to redis", reason), app.Output.Text);
        return app.Output.Text;
    }

    private static async Task<(HttpStatusCode Status, string ErrorCode)> StatusAsync(StateHttp state)
    {
        var answer = await state.GetAsync("k", Token);
        return (answer.Status, answer.ErrorCode);
    }

    private static async Task<IEnumerable<string>> ComponentsAsync(HttpClient client)
    {
        var metadata = JsonNode.Parse(await client.GetStringAsync(new Uri("v1.0/metadata", UriKind.Relative), Token))!;
        return (metadata["components"]?.AsArray() ?? []).Select(component => component!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal);
    }
}
