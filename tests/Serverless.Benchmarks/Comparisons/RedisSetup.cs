using Serverless.Backends.Redis;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>What both Redis comparisons have in common.</summary>
internal static class RedisSetup
{
    /// <summary>The Redis key of the state key <c>bench</c>.</summary>
    public const string Key = "app||bench";

    /// <summary>The value that <see cref="GetThroughput.SaveAsync"/> saves.</summary>
    public const string Value = """{"hello":"world"}""";

    public static ServerProcess App(string app, RedisServer redis) => ServerProcess.App(
        app,
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: statestore}}\nspec:\n  type: state.redis\n  version: v1\n  metadata:\n  - {{name: redisHost, value: \"{redis.Address}\"}}\n");

    /// <summary>The saved item's version; an error when the app has not saved it where daprd would.</summary>
    public static async Task<long> VersionAsync(RedisServer redis)
    {
        var saved = await redis.Cli.CallAsync(["HMGET", Key, "data", "version"], CancellationToken.None);
        return saved.List[0] == Value ? saved.Items![1].Number : throw new InvalidOperationException($"{Key} holds {saved}");
    }
}
