using System.Diagnostics;

namespace Serverless.Benchmarks.Load;

/// <summary>An open-loop load: requests leave on a fixed schedule whether or not earlier ones have been answered.</summary>
/// <remarks>Because nobody waits for an answer before the next request leaves, a stall of the server shows in every request it delays.</remarks>
internal static class ConstantRate
{
    /// <summary>Latencies in milliseconds.</summary>
    public static async Task<List<double>> RunAsync(string url, int perSecond, int seconds)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });
        var latencies = new double[perSecond * seconds];
        var pending = new List<Task>(latencies.Length);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var begin = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < latencies.Length && await timer.WaitForNextTickAsync();)
        {
            var due = (int)Math.Min(latencies.Length, Stopwatch.GetElapsedTime(begin).TotalSeconds * perSecond);
            for (; sent < due; sent++)
            {
                pending.Add(SendAsync(client, url, begin, sent, latencies));
            }
        }

        await Task.WhenAll(pending);
        return [.. latencies];
    }

    private static async Task SendAsync(HttpClient client, string url, long begin, int number, double[] latencies)
    {
        var left = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        using var response = await client.GetAsync(new Uri(url));
        response.EnsureSuccessStatusCode();
        await response.Content.CopyToAsync(Stream.Null);
        latencies[number] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds - left;
    }
}
