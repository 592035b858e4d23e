using Serverless.Backends.Redis;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>What one step of a workflow takes, by how long its history has become: one workflow at a time, activities in turn, three events each.</summary>
internal static class WorkflowLength
{
    private const int EventsOfAStep = 3;
    private static readonly int[] Steps = [3, 33, 333, 3333];

    public static async Task RunAsync()
    {
        await MeasureAsync("SQLite", null);
        await using var redis = await RedisServer.StartAsync(CancellationToken.None);
        await MeasureAsync("Redis", redis);
    }

    private static async Task MeasureAsync(string store, RedisServer? redis)
    {
        using var server = WorkflowRate.Start(redis);
        await server.WaitAsync("/v1.0/healthz");

        // Until the code is compiled for good.
        await WorkflowLoad.RunAsync(server.Url, WorkflowApp.Sequence, $"{Steps[^1]}", 2, 1);
        var (times, costs) = (new List<double>(), new List<double>());
        foreach (var steps in Steps)
        {
            var workflows = Math.Max(2, Steps[^1] / steps / 10);
            var before = server.CpuTime;
            var figures = await WorkflowLoad.RunAsync(server.Url, WorkflowApp.Sequence, $"{steps}", workflows, 1);
            times.Add(figures.Median / steps);
            costs.Add((server.CpuTime - before).TotalMilliseconds / workflows / steps);
            Console.WriteLine($"workflow-long: {store}: {steps * EventsOfAStep:N0} events: {figures.Median / steps:0.00} ms a step, {costs[^1]:0.00} ms CPU, resident {server.ResidentMiB:0} MiB");
        }

        Console.WriteLine($"workflow-long: {store}: a step of the longest takes {times[^1] / times[1]:0.00} times as long and {costs[^1] / costs[1]:0.00} times the CPU time of one at {Steps[1] * EventsOfAStep} events");
    }
}
