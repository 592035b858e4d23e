using System.Diagnostics;
using System.Text.Json.Nodes;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Benchmarks.Load;

/// <summary>One operation over and over by the Table client, as tests/azure-clients/table-load.mjs does it by Microsoft's; prints the same.</summary>
internal static class TableLoad
{
    private const string Value = """{"hello":"world"}""";
    private static readonly TableKey Key = new("p", "r");

    public static async Task RunAsync(string endpoint, string operation, int operations, int concurrency, int warmUp)
    {
        var name = StorageConnectionString.DevelopmentAccount;
        var account = new StorageAccount(name, StorageEndpoint.Parse(endpoint), StorageConnectionString.EmulatorCredential);
        using var client = new TableClient(new TableClientOptions { Account = account, Table = "load" });
        var upsert = TableOperation.InsertOrReplace(new TableEntity(Key, [new TableProperty("Value", Value)]));

        // What a request brings along.
        using var caller = new CancellationTokenSource();
        Func<Task> work = operation == "get" ? GetAsync : UpsertAsync;
        await UpsertAsync();
        await GetAsync();
        await RepeatAsync(work, warmUp, concurrency);
        using var process = Process.GetCurrentProcess();
        var cpuBefore = process.TotalProcessorTime;
        var before = Stopwatch.GetTimestamp();
        await RepeatAsync(work, operations, concurrency);
        var seconds = Stopwatch.GetElapsedTime(before).TotalSeconds;
        process.Refresh();
        var cpuSeconds = (process.TotalProcessorTime - cpuBefore).TotalSeconds;
        Console.WriteLine(new JsonObject { ["operations"] = operations, ["seconds"] = seconds, ["cpuSeconds"] = cpuSeconds }.ToJsonString());

        async Task GetAsync()
        {
            var row = await client.GetAsync(Key, caller.Token);
            if (row is null || !row.TryGet("Value", out var value) || value.Text != Value)
            {
                throw new InvalidOperationException("read something else");
            }
        }

        async Task UpsertAsync()
        {
            if ((await client.ChangeAsync(upsert, caller.Token)).Outcome != TableOutcome.Done)
            {
                throw new InvalidOperationException("not written");
            }
        }
    }

    private static Task RepeatAsync(Func<Task> work, int operations, int concurrency)
    {
        var started = 0;
        return Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref started) <= operations)
            {
                await work();
            }
        })));
    }
}
