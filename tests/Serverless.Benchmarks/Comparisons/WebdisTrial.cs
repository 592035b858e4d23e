using Serverless.Backends.Redis;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Finds the settings with which webdis is fastest on this machine, so that the comparison is fair to it.</summary>
internal static class WebdisTrial
{
    private const int Rounds = 3;
    private const int SecondsEach = 1;

    private static readonly int[] PoolSizes = [1, 2, 4, 8, 16];

    /// <summary>A running webdis with the best median of the load that <paramref name="measure"/> runs for some seconds.</summary>
    public static async Task<Webdis> FastestAsync(string comparison, RedisServer redis, Func<Webdis, int, Task<double>> measure)
    {
        var candidates = new List<(Webdis Webdis, List<double> Rates)>();
        Webdis? best = null;
        try
        {
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
            {
                foreach (var pool in PoolSizes)
                {
                    candidates.Add((await Webdis.StartAsync(redis, threads, pool), []));
                }
            }

            for (var round = 0; round < Rounds; round++)
            {
                foreach (var (webdis, rates) in candidates)
                {
                    rates.Add(await measure(webdis, SecondsEach));
                }
            }

            foreach (var (webdis, rates) in candidates)
            {
                Console.WriteLine($"{comparison}: trial of {webdis}: {Samples.Median(rates):N0}/s");
            }

            best = candidates.MaxBy(candidate => Samples.Median(candidate.Rates)).Webdis;
            Console.WriteLine($"{comparison}: the peer is {best}");
            return best;
        }
        finally
        {
            foreach (var (webdis, _) in candidates.Where(candidate => candidate.Webdis != best))
            {
                await webdis.DisposeAsync();
            }
        }
    }
}
