using System.Diagnostics;
using Serverless.Backends.Redis;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Workflows per second on SQLite (<c>synchronous=FULL</c>) and Redis, beside the figures that Dapr 1.17 publishes for a cluster.</summary>
internal static class WorkflowRate
{
    /// <summary>More would take too long.</summary>
    public const int MostRuns = 3;

    private static readonly Scenario[] Scenarios =
    [
        new(WorkflowApp.Sequence, "five activities in turn", "5", 7000, 350, Target: 500, Dapr: 57.4),
        new(WorkflowApp.FanOut, "fan-out of ten", "1", 3300, 110, Target: 300, Dapr: 97.9),
        new(WorkflowApp.Timer, "a timer of one second", "1", 10_000, 10_000, Target: 300, Dapr: 35.5),
    ];

    /// <summary>On the built-in store.</summary>
    /// <param name="runs">How often.</param>
    /// <param name="only">The one workflow to run; null for all.</param>
    public static Task RunOnSqliteAsync(int runs, string? only) => RunAsync("SQLite", runs, only, () => Task.FromResult<RedisServer?>(null));

    /// <summary>On a Redis of its own.</summary>
    /// <inheritdoc cref="RunOnSqliteAsync"/>
    public static Task RunOnRedisAsync(int runs, string? only) => RunAsync("Redis", runs, only, async () => await RedisServer.StartAsync(CancellationToken.None));

    private static async Task RunAsync(string store, int runs, string? only, Func<Task<RedisServer?>> startRedis)
    {
        foreach (var scenario in Scenarios.Where(scenario => only is null || scenario.Name.Equals(only, StringComparison.OrdinalIgnoreCase)))
        {
            await MeasureAsync(scenario, store, runs, startRedis);
        }
    }

    private static async Task MeasureAsync(Scenario scenario, string store, int runs, Func<Task<RedisServer?>> startRedis)
    {
        var rates = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            // A store of its own each time, so that no run pays for what the one before has left.
            await using var redis = await startRedis();
            using var server = Start(redis);
            await server.WaitAsync("/v1.0/healthz");
            await WorkflowLoad.RunAsync(server.Url, scenario.Name, scenario.Input, Math.Min(scenario.Total / 4, 1000), scenario.Concurrent);
            using var database = redis is null ? null : Process.GetProcessById(redis.Process.Id);
            var before = (Own: server.CpuTime, Store: Cpu(database));
            var figures = await WorkflowLoad.RunAsync(server.Url, scenario.Name, scenario.Input, scenario.Total, scenario.Concurrent);
            var (own, theirs) = (server.CpuTime - before.Own, Cpu(database) - before.Store);
            rates.Add(figures.PerSecond);
            Console.WriteLine($"workflow: {scenario.Text} x {scenario.Concurrent:N0} at a time, {scenario.Total:N0} in all, {store}: {figures.PerSecond:N0}/s, p50 {figures.Median:N0} ms, p95 {figures.P95:N0} ms, "
                + $"CPU per workflow {own.TotalMilliseconds / scenario.Total:0.00} ms{(database is null ? "" : $" and {theirs.TotalMilliseconds / scenario.Total:0.00} ms in Redis")}, resident {server.ResidentMiB:0} MiB");
        }

        Console.WriteLine($"workflow: {scenario.Text}, {store}: median {Samples.Median(rates):N0}/s (target >= {scenario.Target}; Dapr 1.17 on a cluster {scenario.Dapr}/s)");
    }

    /// <summary>The app on that Redis, or on the built-in store.</summary>
    public static ServerProcess Start(RedisServer? redis) => ServerProcess.Workflows(redis is null ? null : Component(redis));

    private static TimeSpan Cpu(Process? process)
    {
        process?.Refresh();
        return process?.TotalProcessorTime ?? default;
    }

    private static string Component(RedisServer redis) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: statestore}}\nspec:\n  type: state.redis\n  version: v1\n  metadata:\n  - {{name: redisHost, value: \"{redis.Address}\"}}\n  - {{name: actorStateStore, value: \"true\"}}\n";

    private sealed record Scenario(string Name, string Text, string Input, int Total, int Concurrent, double Target, double Dapr);
}
