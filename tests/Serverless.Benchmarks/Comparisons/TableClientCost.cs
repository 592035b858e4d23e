using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Serverless.Backends.Azurite;
using Serverless.Backends.Node;
using Serverless.Backends.Tables;
using Serverless.Benchmarks.Load;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>The Table client beside npm's <c>@azure/data-tables</c>, doing the same to the same server in turn.</summary>
internal static class TableClientCost
{
    private const int NullOperations = 20_000;
    private const int AzuriteOperations = 3000;
    private const int WarmUp = 5000;
    private const int Concurrency = 16;

    /// <summary>The CPU time of one operation, against a server that keeps nothing.</summary>
    public static async Task MeasureCpuAsync(int pairs)
    {
        await using var server = await NullTableServer.StartAsync(CancellationToken.None);
        foreach (var operation in (string[])["get", "upsert"])
        {
            await CompareAsync("table-cpu", server.Endpoint, operation, pairs, NullOperations, run => run.CpuMicroseconds, "µs CPU per operation", "target <= 0.5");
        }
    }

    /// <summary>Operations per second on the same Azurite.</summary>
    public static async Task MeasureRateAsync(int pairs)
    {
        await using var server = await AzuriteServer.StartAsync(CancellationToken.None);
        await new NodeScript("write-table.mjs", server.ConnectionString, "load") { Input = "[]" }.RunAsync(CancellationToken.None);
        foreach (var operation in (string[])["get", "upsert"])
        {
            await CompareAsync("table-rate", server.TableEndpoint, operation, pairs, AzuriteOperations, run => run.PerSecond, "operations/s", "more is better");
        }
    }

    private static async Task CompareAsync(string name, string endpoint, string operation, int pairs, int operations, Func<Run, double> figure, string unit, string target)
    {
        string[] arguments = [endpoint, operation, $"{operations}", $"{Concurrency}", $"{WarmUp}"];
        var (theirs, ours) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            var script = new NodeScript("table-load.mjs", arguments) { Limit = TimeSpan.FromMinutes(5) };
            theirs.Add(figure(Run.Read(await script.RunAsync(CancellationToken.None))));
            ours.Add(figure(await RunHereAsync(arguments)));
            Console.WriteLine($"{name}: {operation}: data-tables {theirs[^1]:N0}, here {ours[^1]:N0} {unit}, ratio {ours[^1] / theirs[^1]:0.00}");
        }

        var ratio = Samples.Median(ours.Zip(theirs, (mine, other) => mine / other));
        Console.WriteLine($"{name}: {operation}: median data-tables {Samples.Median(theirs):N0}, here {Samples.Median(ours):N0} {unit}, ratio {ratio:0.00} ({target})");
    }

    // A process of its own with the app's settings, so that its CPU time is the client's alone.
    private static async Task<Run> RunHereAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["table-load", .. arguments]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? Run.Read(JsonElement.Parse(output)) : throw new InvalidOperationException($"table-load ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}");
    }

    private readonly record struct Run(double PerSecond, double CpuMicroseconds)
    {
        public static Run Read(JsonElement json)
        {
            var operations = json.GetProperty("operations").GetDouble();
            return new Run(operations / json.GetProperty("seconds").GetDouble(), json.GetProperty("cpuSeconds").GetDouble() * 1e6 / operations);
        }
    }
}
