using System.Globalization;
using Serverless.Backends.Apps;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>What a schedule remembers from one process to the next.</summary>
public sealed class CronRestartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tick_MissedWhileNothingRan_FiresOnceForAll()
    {
        await using var server = await RedisServer.StartAsync(Token);
        var resources = new Dictionary<string, string>
        {
            ["store.yaml"] = Resources.Component("leases", "state.redis", ("redisHost", server.Address)),
            ["tick.yaml"] = CronInstances.Cron("@every 1h", ("leaseStore", "leases")),
        };
        var key = await BeginAsync(server, resources);
        var before = DateTimeOffset.UnixEpoch.AddDays(20_000).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await server.Cli.CallAsync(["HSET", key, "data", $$"""{"holder":null,"until":"0001-01-01T00:00:00.0000000+00:00","token":41,"text":"{{before}}"}"""], Token);

        await using var instances = await CronInstances.StartAsync(2, resources, null, Token);
        await instances.CalledAsync(1, Token);

        // The record tells that nothing is left; a second tick would need another grant.
        await Eventually.MustAsync("the tick is recorded", async () => await TextAsync(server, key) is { } text && text.Contains("\"token\":42", StringComparison.Ordinal) && !text.Contains(before, StringComparison.Ordinal) && text.Contains("\"holder\":null", StringComparison.Ordinal), TimeSpan.FromSeconds(10), Token);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Token);
        Assert.Equal(42, Assert.Single(instances.Calls).Token);
    }

    [Fact]
    public async Task Stop_DuringADelivery_WaitsForItAndRecordsIt()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var user = await RecordingApp.StartAsync();
        var answer = new TaskCompletionSource<AppReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        user.Script = (request, _) => request.Method == "POST" ? answer.Task : Task.FromResult(AppReply.Ok);
        var resources = new Dictionary<string, string>
        {
            ["store.yaml"] = Resources.Component("leases", "state.redis", ("redisHost", server.Address)),
            ["tick.yaml"] = CronInstances.Cron("* * * * * *", ("leaseStore", "leases")),
        };
        await using var app = await StartAsync(user, resources);
        await user.WaitAsync(1, "POST", "/tick", Token);
        var key = await KeyAsync(server);
        Assert.DoesNotContain("\"holder\":null", await TextAsync(server, key), StringComparison.Ordinal);

        PosixSignal.Terminate(app.Process.Id);
        await Eventually.MustAsync("the stop has begun", () => Task.FromResult(app.Output.HasLine("stopping; running requests have")), TimeSpan.FromSeconds(10), Token);
        Assert.False(app.Process.HasExited);
        answer.SetResult(AppReply.Ok);

        Assert.Equal(0, await app.Process.WaitForExitAsync(Token));
        Assert.Contains("\"holder\":null", await TextAsync(server, key), StringComparison.Ordinal);
        Assert.Single(user.Of("POST", "/tick"));
    }

    private static async Task<string> BeginAsync(RedisServer server, Dictionary<string, string> resources)
    {
        await using var user = await RecordingApp.StartAsync();
        await using var app = await StartAsync(user, resources);
        return await KeyAsync(server);
    }

    private static async Task<string> KeyAsync(RedisServer server)
    {
        string? key = null;
        await Eventually.MustAsync(
            "the schedule is remembered",
            async () => (key = (await server.Cli.CallAsync(["KEYS", "dapr-leases||app.cron.tick.*"], Token)).List.SingleOrDefault()) is not null,
            TimeSpan.FromSeconds(10),
            Token);
        return key!;
    }

    private static async Task<string?> TextAsync(RedisServer server, string key) => (await server.Cli.CallAsync(["HGET", key, "data"], Token)).Text;

    private static Task<AppProcess> StartAsync(RecordingApp user, IReadOnlyDictionary<string, string> resources) => AppProcess.StartAsync(
        new AppSettings { Resources = resources, Arguments = ["--app-port", user.Port.ToString(CultureInfo.InvariantCulture)] }, Token);
}
