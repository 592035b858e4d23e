using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Serverless.Backends.Apps;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>What goes wrong with a schedule, seen from outside.</summary>
public sealed class CronFailureTests
{
    private const string EachSecond = "* * * * * *";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("61 * * * *", "invalid schedule format '61 * * * *': minute: end of range (61) above maximum (59): 61")]
    [InlineData("", "schedule not set")]
    public async Task Start_NoSchedule_IsRefused(string schedule, string fault)
    {
        await using var app = await AppProcess.LaunchAsync(new AppSettings { Resources = Tick(schedule) });

        Assert.Equal(1, await app.Process.WaitForExitAsync(Token));
        Assert.Contains($"component 'tick': {fault}", app.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Component_Loaded_IsAnInputBindingOnly()
    {
        await using var app = await AppProcess.StartAsync(new AppSettings { Resources = Tick("@yearly") }, Token);
        using var client = app.Client();

        using var metadata = JsonDocument.Parse(await client.GetByteArrayAsync(new Uri("v1.0/metadata", UriKind.Relative), Token));
        var tick = metadata.RootElement.GetProperty("components").EnumerateArray().Single(component => component.GetProperty("name").GetString() == "tick");
        Assert.Equal(["INPUT_BINDING"], tick.GetProperty("capabilities").EnumerateArray().Select(word => word.GetString()));
        using var content = new StringContent("""{"operation":"delete"}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("v1.0/bindings/tick", UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("couldn't find output binding tick", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tick_AppRefuses_IsLoggedAndTheNextComes()
    {
        await using var user = await RecordingApp.StartAsync();
        user.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "POST" ? 500 : 200));
        await using var app = await StartAsync(user, Tick(EachSecond));

        await user.WaitAsync(2, "POST", "/tick", Token);

        await LoggedAsync(app, "binding 'tick': the app did not take an event: status code 500");
        Assert.Equal("", user.Of("POST", "/tick")[0].Text);
    }

    [Fact]
    public async Task Tick_AppDoesNotWantIt_IsNotFired()
    {
        await using var user = await RecordingApp.StartAsync();
        user.Script = (request, _) => Task.FromResult(new AppReply(request.Method == "OPTIONS" ? 404 : 200));
        await using var app = await StartAsync(user, new Dictionary<string, string> { ["tick.yaml"] = Resources.Component("tick", "bindings.cron", ("schedule", EachSecond)) });

        await LoggedAsync(app, "the app does not want its events");

        Assert.Empty(user.Of("POST", "/tick"));
    }

    [Fact]
    public async Task Tick_EveryInstanceFires_WhereItIsAskedFor()
    {
        await using var instances = await CronInstances.StartAsync(2, Tick(EachSecond, ("leaseStore", "none")), null, Token);

        await Eventually.MustAsync("ticks at both", () => Task.FromResult(instances.Apps.All(app => app.Of("POST", "/tick").Count > 0)), Limit, Token);

        Assert.All(instances.Calls, call => Assert.Equal(0, call.Token));
    }

    [Fact]
    public async Task Tick_LeaseStoreIsNotThere_IsLoggedAndNotFired()
    {
        await using var user = await RecordingApp.StartAsync();
        await using var app = await StartAsync(user, Tick(EachSecond, ("leaseStore", "elsewhere")));

        await LoggedAsync(app, "component 'tick': whether a tick is due can't be decided, which is tried again: there is no state store elsewhere");

        Assert.Empty(user.Of("POST", "/tick"));
    }

    [Fact]
    public async Task Tick_LeaseStoreDownForAWhile_GoesOnAfterwards()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { IsDurable = true }, Token);
        await using var user = await RecordingApp.StartAsync();
        var resources = Tick(EachSecond, ("leaseStore", "leases"), ("leaseDuration", "2s"));
        resources["leases.yaml"] = Resources.Component("leases", "state.redis", ("redisHost", server.Address));
        await using var app = await StartAsync(user, resources);
        await user.WaitAsync(1, "POST", "/tick", Token);

        await server.KillAsync(Token);
        await LoggedAsync(app, "whether a tick is due can't be decided, which is tried again: state store leases: ");
        var before = user.Of("POST", "/tick").Count;
        await server.StartAgainAsync(Token);

        await user.WaitAsync(before + 2, "POST", "/tick", Token, Limit);
        var tokens = user.Of("POST", "/tick").Select((call, _) => CronCall.Read(0, call).Token).ToArray();
        Assert.Equal(tokens.Distinct().Order(), tokens);
    }

    private static Dictionary<string, string> Tick(string schedule, params (string Name, string Value)[] items) => new() { ["tick.yaml"] = CronInstances.Cron(schedule, items) };

    private static Task<AppProcess> StartAsync(RecordingApp user, IReadOnlyDictionary<string, string> resources) => AppProcess.StartAsync(
        new AppSettings { Resources = resources, Arguments = ["--app-port", user.Port.ToString(CultureInfo.InvariantCulture)] }, Token);

    private static Task LoggedAsync(AppProcess app, string text) =>
        Eventually.MustAsync($"the log says {text}", () => Task.FromResult(app.Output.Text.Contains(text, StringComparison.Ordinal)), Limit, Token);
}
