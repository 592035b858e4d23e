using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Backends.Redis;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>State GET on state.redis against webdis running the same HGETALL and bare Kestrel answering the same bytes, 64 connections.</summary>
internal static class RedisGetThroughput
{
    private const int Connections = 64;
    private static readonly string Command = "/" + Webdis.Command("HGETALL", RedisSetup.Key);

    public static async Task RunAsync(string app, int pairs)
    {
        await using var redis = await RedisServer.StartAsync(CancellationToken.None);
        using var ours = RedisSetup.App(app, redis);
        await ours.WaitAsync("/v1.0/healthz");
        await GetThroughput.SaveAsync(ours);
        using var bare = ServerProcess.Baseline((await RedisSetup.VersionAsync(redis)).ToString(CultureInfo.InvariantCulture));
        await bare.WaitAsync("/");
        await using var webdis = await WebdisTrial.FastestAsync("redis-get", redis, (peer, seconds) => Wrk.RunAsync(peer.Url + Command, Connections, seconds));
        await CheckAsync(ours, webdis, bare);
        string[] sides = [webdis.Url + Command, ours.Url + GetThroughput.Path, bare.Url + GetThroughput.Path];
        foreach (var side in sides)
        {
            await Wrk.RunAsync(side, Connections, 5);
        }

        var (toWebdis, toBare) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            var peer = await Wrk.RunAsync(sides[0], Connections, 4);
            var state = await Wrk.RunAsync(sides[1], Connections, 4);
            var kestrel = await Wrk.RunAsync(sides[2], Connections, 4);
            toWebdis.Add(state / peer);
            toBare.Add(state / kestrel);
            Console.WriteLine($"redis-get: webdis {peer:N0}/s, bare Kestrel {kestrel:N0}/s, state GET {state:N0}/s, ratios {state / peer:0.000} and {state / kestrel:0.000}");
        }

        Console.WriteLine($"redis-get: median ratio to webdis {Samples.Median(toWebdis):0.000} (target >= 1.25), to bare Kestrel {Samples.Median(toBare):0.000} (target >= 0.85)");
    }

    private static async Task CheckAsync(ServerProcess ours, Webdis webdis, ServerProcess bare)
    {
        var (state, kestrel) = (await Answer.OfAsync(ours.Url + GetThroughput.Path), await Answer.OfAsync(bare.Url + GetThroughput.Path));
        if (state != kestrel)
        {
            throw new InvalidOperationException($"the baseline must answer\n{state}\nbut answers\n{kestrel}");
        }

        var peer = await Answer.OfAsync(webdis.Url + Command);
        if (JsonNode.Parse(peer[peer.IndexOf("\n\n", StringComparison.Ordinal)..])?["HGETALL"]?["data"]?.GetValue<string>() != RedisSetup.Value)
        {
            throw new InvalidOperationException($"webdis answers\n{peer}");
        }
    }
}
