using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Memory, CPU and latency at a constant 1,000 state GETs per second, both sides in turn.</summary>
internal static class ConstantRateCost
{
    private const int PerSecond = 1000;

    public static async Task RunAsync(string app, int seconds)
    {
        var kestrel = await MeasureAsync("bare Kestrel", ServerProcess.Baseline, null, seconds);
        var state = await MeasureAsync("state GET", () => ServerProcess.App(app, GetThroughput.InMemory), GetThroughput.SaveAsync, seconds);
        Console.WriteLine($"rate: memory ratio {state / kestrel:0.00} (target <= 1.3)");
    }

    private static async Task<double> MeasureAsync(string name, Func<ServerProcess> start, Func<ServerProcess, Task>? prepare, int seconds)
    {
        using var server = start();
        await server.WaitAsync("/v1.0/healthz");
        if (prepare is not null)
        {
            await prepare(server);
        }

        await ConstantRate.RunAsync(server.Url + GetThroughput.Path, PerSecond, 3);
        var before = server.CpuTime;
        var latencies = await ConstantRate.RunAsync(server.Url + GetThroughput.Path, PerSecond, seconds);
        var cpu = (server.CpuTime - before).TotalSeconds / seconds;
        var memory = server.ResidentMiB;
        Console.WriteLine($"rate: {name}: {PerSecond}/s for {seconds} s: p50 {Samples.Quantile(latencies, 0.5):0.00} ms (target <= 0.73), p99 {Samples.Quantile(latencies, 0.99):0.00} ms (target <= 1.97), CPU {cpu:0.00} cores, resident {memory:0.0} MiB");
        return memory;
    }
}
