using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>Calls through bindings.http of a server that answers at once, against calls of that server itself.</summary>
internal static class HttpBindingThroughput
{
    private const string Body = """{"operation":"post","data":{"hello":"world"}}""";

    public static async Task RunAsync(string app, int pairs)
    {
        using var peer = ServerProcess.Baseline();
        using var ours = ServerProcess.App(app, $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: web}}\nspec: {{type: bindings.http, version: v1, metadata: [{{name: url, value: \"{peer.Url}\"}}]}}\n");
        await peer.WaitAsync("/");
        await ours.WaitAsync("/v1.0/healthz");
        Task<double> CallAsync(string url, int connections, int seconds) => Wrk.RunAsync(url, connections, seconds, "post.lua", "application/json", Body);
        await CheckAsync(peer, ours);
        await CallAsync(peer.Url + "/", 64, 5);
        await CallAsync(ours.Url + "/v1.0/bindings/web", 64, 5);
        var (rates, ratios) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            var direct = await CallAsync(peer.Url + "/", 64, 4);
            var bound = await CallAsync(ours.Url + "/v1.0/bindings/web", 64, 4);
            rates.Add(bound);
            ratios.Add(bound / direct);
            Console.WriteLine($"http-binding: the server itself {direct:N0}/s, through bindings.http {bound:N0}/s, ratio {bound / direct:0.000}");
        }

        Console.WriteLine($"http-binding: median {Samples.Median(rates):N0}/s (target >= 2,000), ratio {Samples.Median(ratios):0.000}");
    }

    private static async Task CheckAsync(ServerProcess peer, ServerProcess ours)
    {
        var direct = await Answer.OfAsync(peer.Url + "/", Body);
        var bound = await Answer.OfAsync(ours.Url + "/v1.0/bindings/web", Body);
        if (bound.Split("\n\n")[^1] != direct.Split("\n\n")[^1] || !bound.Contains("metadata.statusCode: 200", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"the binding must answer what the server answers, but answers\n{bound}");
        }
    }
}
