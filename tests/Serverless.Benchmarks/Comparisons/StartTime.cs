using System.Diagnostics;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Process start to the first answer: bare Kestrel, our healthz, and a read from the built-in SQLite store.</summary>
internal static class StartTime
{
    public static async Task RunAsync(string app, int rounds)
    {
        var (bare, health, sqlite) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var first = await MeasureAsync(ServerProcess.Baseline, "/");
            var second = await MeasureAsync(() => ServerProcess.App(app), "/v1.0/healthz");
            var third = await MeasureAsync(() => ServerProcess.App(app), "/v1.0/state/statestore/key");
            if (round > 0)
            {
                bare.Add(first);
                health.Add(second);
                sqlite.Add(third);
            }
        }

        var baseline = Samples.Median(bare);
        Console.WriteLine($"start: bare Kestrel {baseline:0} ms; first healthz {Samples.Median(health):0} ms, ratio {Samples.Median(health) / baseline:0.00} (target <= 1.5); first SQLite answer {Samples.Median(sqlite):0} ms, ratio {Samples.Median(sqlite) / baseline:0.00} (target <= 2)");
    }

    private static async Task<double> MeasureAsync(Func<ServerProcess> start, string path)
    {
        var begin = Stopwatch.GetTimestamp();
        using var server = start();
        await server.WaitAsync(path);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
