using System.Globalization;
using Serverless.Benchmarks.Comparisons;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

if (args is ["baseline", var port, var etag])
{
    await BareKestrel.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), etag);
    return 0;
}

if (args is ["table-load", var endpoint, var operation, var operations, var concurrency, var warmUp])
{
    await TableLoad.RunAsync(
        endpoint, operation, int.Parse(operations, CultureInfo.InvariantCulture), int.Parse(concurrency, CultureInfo.InvariantCulture), int.Parse(warmUp, CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["workflow-app", .. var rest])
{
    return await WorkflowApp.RunAsync(rest);
}

if (args is not [var app, .. var names] || !File.Exists(app))
{
    Console.Error.WriteLine("usage: Serverless.Benchmarks <published app executable> [get|start|rate|sqlite|redis-get|redis-post|allocations|table-cpu|table-rate|http-binding|delivery|workflow-sqlite|workflow-redis|workflow-long ...] [--pairs=N] [--seconds=N] [--workflow=Sequence|FanOut|Timer]");
    return 2;
}

int Setting(string name, int fallback) =>
    Array.Find(names, argument => argument.StartsWith(name, StringComparison.Ordinal)) is { } found ? int.Parse(found[name.Length..], CultureInfo.InvariantCulture) : fallback;

var pairs = Setting("--pairs=", 5);
var seconds = Setting("--seconds=", 60);
var only = Array.Find(names, argument => argument.StartsWith("--workflow=", StringComparison.Ordinal))?["--workflow=".Length..];
names = [.. names.Where(name => !name.StartsWith("--", StringComparison.Ordinal))];
(string Name, Func<Task> Run)[] comparisons =
[
    ("get", () => GetThroughput.RunAsync(app, pairs)),
    ("start", () => StartTime.RunAsync(app, pairs * 2)),
    ("rate", () => ConstantRateCost.RunAsync(app, seconds)),
    ("sqlite", () => SqliteWrites.RunAsync(app, pairs)),
    ("redis-get", () => RedisGetThroughput.RunAsync(app, pairs)),
    ("redis-post", () => RedisPostThroughput.RunAsync(app, pairs)),
    ("allocations", RedisGetAllocation.RunAsync),
    ("table-cpu", () => TableClientCost.MeasureCpuAsync(pairs)),
    ("table-rate", () => TableClientCost.MeasureRateAsync(pairs)),
    ("http-binding", () => HttpBindingThroughput.RunAsync(app, pairs)),
    ("delivery", () => DeliveryOverhead.RunAsync(app, pairs)),
    ("workflow-sqlite", () => WorkflowRate.RunOnSqliteAsync(Math.Min(pairs, WorkflowRate.MostRuns), only)),
    ("workflow-long", WorkflowLength.RunAsync),
    ("workflow-redis", () => WorkflowRate.RunOnRedisAsync(Math.Min(pairs, WorkflowRate.MostRuns), only)),
];
foreach (var (name, run) in comparisons)
{
    if (names.Length == 0 || names.Contains(name))
    {
        await run();
    }
}

return 0;
