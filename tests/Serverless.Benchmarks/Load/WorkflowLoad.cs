using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.Benchmarks.Load;

/// <summary>Runs workflows over HTTP, so many at a time, and takes their times from what the server keeps.</summary>
/// <remarks>
/// A workflow's end is seen in the list of those that run, asked for at a fixed low rate: a request for each workflow, again and again, would
/// measure itself. A place that gets free is taken up to one such interval later, which counts against the server.
/// </remarks>
internal sealed class WorkflowLoad : IDisposable
{
    private const int Starters = 32;
    private const int PageSize = 1000;
    private const int FewAtATime = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // A list of many takes long, and nobody waits for a place.
    private static readonly TimeSpan LongInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(60);
    private readonly HttpClient _client;
    private readonly string _name;
    private readonly string _input;
    private readonly string _run = $"b{Guid.NewGuid():N}"[..9];
    private readonly ConcurrentDictionary<string, long> _running = new();

    private WorkflowLoad(string url, string name, string input)
    {
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Starters + 1 }) { BaseAddress = new Uri($"{url}/v1.0/workflows/dapr") };
        (_name, _input) = (name, input);
    }

    /// <summary>Runs <paramref name="total"/> workflows; every one must complete.</summary>
    public static async Task<WorkflowFigures> RunAsync(string url, string name, string input, int total, int concurrent)
    {
        using var load = new WorkflowLoad(url, name, input);
        return await load.RunAsync(total, concurrent);
    }

    public void Dispose() => _client.Dispose();

    private async Task<WorkflowFigures> RunAsync(int total, int concurrent)
    {
        var next = 0;
        using var places = new SemaphoreSlim(concurrent);
        using var failing = new CancellationTokenSource();
        var starters = Enumerable.Range(0, Starters).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= total)
            {
                await places.WaitAsync(failing.Token);
                await StartAsync($"{_run}-{number}");
            }
        }).ToArray();
        var ended = 0;
        var heard = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(concurrent <= FewAtATime ? Interval : LongInterval);
        try
        {
            while (ended < total && await timer.WaitForNextTickAsync(failing.Token))
            {
                var fault = Array.Find(starters, starter => starter.IsFaulted);
                await (fault ?? Task.CompletedTask);
                var count = await CountEndedAsync();
                ended += count;
                heard = count > 0 ? Stopwatch.GetTimestamp() : heard;
                if (count > 0 && concurrent < total)
                {
                    places.Release(count);
                }

                if (Stopwatch.GetElapsedTime(heard) > LongestQuiet)
                {
                    throw new TimeoutException($"{_name}: {ended} of {total} have ended, and no more since {LongestQuiet.TotalSeconds} s: {string.Join(", ", _running.Keys.Take(5))}");
                }
            }

            await Task.WhenAll(starters);
            return await ReadAsync(total);
        }
        finally
        {
            await failing.CancelAsync();
        }
    }

    private async Task StartAsync(string id)
    {
        using var body = new StringContent(_input);
        using var response = await _client.PostAsync(new Uri($"{_client.BaseAddress}/{_name}/start?instanceID={id}"), body);
        response.EnsureSuccessStatusCode();
        _running[id] = Stopwatch.GetTimestamp();
    }

    // What was started before the question and is not among the answers has ended.
    private async Task<int> CountEndedAsync()
    {
        var asked = Stopwatch.GetTimestamp();
        var active = new HashSet<string>();
        await ListAsync("RUNNING,PENDING", instance => active.Add((string)instance["instanceID"]!));
        var ended = 0;
        foreach (var (id, started) in _running)
        {
            if (started < asked && !active.Contains(id) && _running.TryRemove(id, out _))
            {
                ended++;
            }
        }

        return ended;
    }

    private async Task<WorkflowFigures> ReadAsync(int total)
    {
        var (first, last, times) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue, new List<double>(total));
        await ListAsync("COMPLETED", instance =>
        {
            if (((string)instance["instanceID"]!).StartsWith(_run, StringComparison.Ordinal))
            {
                var (created, updated) = (Time(instance, "createdAt"), Time(instance, "lastUpdatedAt"));
                (first, last) = (created < first ? created : first, updated > last ? updated : last);
                times.Add((updated - created).TotalMilliseconds);
            }
        });
        return times.Count == total
            ? new WorkflowFigures(total / (last - first).TotalSeconds, Samples.Quantile(times, 0.5), Samples.Quantile(times, 0.95))
            : throw new InvalidOperationException($"{_name}: {times.Count} of {total} have completed");
    }

    private async Task ListAsync(string statuses, Action<JsonNode> add)
    {
        string? token = null;
        do
        {
            var query = $"?status={statuses}&name={_name}&pageSize={PageSize}{(token is null ? "" : $"&continuationToken={Uri.EscapeDataString(token)}")}";
            var page = JsonNode.Parse(await _client.GetByteArrayAsync(new Uri($"{_client.BaseAddress}{query}")))!;
            foreach (var instance in page["instances"]!.AsArray())
            {
                add(instance!);
            }

            token = (string?)page["continuationToken"];
        }
        while (token is not null);
    }

    private static DateTimeOffset Time(JsonNode instance, string name) => DateTimeOffset.Parse((string)instance[name]!, CultureInfo.InvariantCulture);
}
