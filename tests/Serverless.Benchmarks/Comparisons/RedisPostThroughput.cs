using Serverless.Backends.Redis;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Saving one item on state.redis against webdis running the same script with the same arguments, 64 connections.</summary>
internal static class RedisPostThroughput
{
    private const int Connections = 64;
    private const string Path = "/v1.0/state/statestore";
    private const string Body = $$"""[{"key":"bench","value":{{RedisSetup.Value}}}]""";

    public static async Task RunAsync(string app, int pairs)
    {
        await using var redis = await RedisServer.StartAsync(CancellationToken.None);
        var script = await ScriptAsync(app, redis);
        using var ours = RedisSetup.App(app, redis);
        await ours.WaitAsync("/v1.0/healthz");
        await redis.Cli.CallAsync(["SCRIPT", "LOAD", script.Text], CancellationToken.None);
        var command = Webdis.Command(["EVALSHA", script.Sha, .. script.KeysAndArguments]);
        Task<double> SaveAsync(int seconds) => PostAsync(redis, ours.Url + Path, "application/json", Body, seconds);
        Task<double> EvalAsync(Webdis peer, int seconds) => PostAsync(redis, peer.Url + "/", "text/plain", command, seconds);

        await using var webdis = await WebdisTrial.FastestAsync("redis-post", redis, EvalAsync);
        await Answer.OfAsync(webdis.Url + "/", command);
        await EvalAsync(webdis, 5);
        await SaveAsync(5);
        var ratios = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var peer = await EvalAsync(webdis, 4);
            var state = await SaveAsync(4);
            ratios.Add(state / peer);
            Console.WriteLine($"redis-post: webdis {peer:N0}/s, state POST {state:N0}/s, ratio {state / peer:0.000}");
        }

        Console.WriteLine($"redis-post: median ratio {Samples.Median(ratios):0.000} (target >= 1)");
    }

    /// <summary>Runs an app of its own, because MONITOR has to be there first and must be gone when speed is measured.</summary>
    private static async Task<SetScript> ScriptAsync(string app, RedisServer redis)
    {
        await using var monitor = await RedisMonitor.StartAsync(redis.Cli, CancellationToken.None);
        using var server = RedisSetup.App(app, redis);
        await server.WaitAsync("/v1.0/healthz");
        await GetThroughput.SaveAsync(server);
        return await SetScript.FromAsync(monitor);
    }

    /// <summary>Requests per second; every one of them must have raised the item's version.</summary>
    private static async Task<double> PostAsync(RedisServer redis, string url, string contentType, string body, int seconds)
    {
        var before = await RedisSetup.VersionAsync(redis);
        var rate = await Wrk.RunAsync(url, Connections, seconds, "post.lua", contentType, body);
        var written = await RedisSetup.VersionAsync(redis) - before;
        return written >= rate * seconds * 0.95 ? rate : throw new InvalidOperationException($"{url} answered {rate:N0} requests per second for {seconds} s but wrote {written:N0} times");
    }
}
