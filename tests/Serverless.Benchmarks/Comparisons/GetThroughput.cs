using System.Net.Http.Headers;
using System.Text;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>In-memory state GET against bare Kestrel answering the same bytes, 64 connections.</summary>
internal static class GetThroughput
{
    public const string InMemory = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: statestore}\nspec: {type: state.in-memory, version: v1}\n";
    public const string Path = "/v1.0/state/statestore/bench";

    public static async Task RunAsync(string app, int pairs)
    {
        using var ours = ServerProcess.App(app, InMemory);
        using var bare = ServerProcess.Baseline();
        await ours.WaitAsync("/v1.0/healthz");
        await bare.WaitAsync("/");
        await SaveAsync(ours);
        foreach (var side in new[] { bare, ours })
        {
            await Wrk.RunAsync(side.Url + Path, 64, 5);
        }

        var ratios = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            var kestrel = await Wrk.RunAsync(bare.Url + Path, 64, 4);
            var state = await Wrk.RunAsync(ours.Url + Path, 64, 4);
            ratios.Add(state / kestrel);
            Console.WriteLine($"get: bare Kestrel {kestrel:N0}/s, state GET {state:N0}/s, ratio {state / kestrel:0.000}");
        }

        Console.WriteLine($"get: median ratio {Samples.Median(ratios):0.000} (target >= 0.9)");
    }

    public static async Task SaveAsync(ServerProcess server)
    {
        using var client = new HttpClient(new SocketsHttpHandler());
        using var body = new StringContent("""[{"key":"bench","value":{"hello":"world"}}]""", Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
        using var response = await client.PostAsync(new Uri(server.Url + "/v1.0/state/statestore"), body);
        response.EnsureSuccessStatusCode();
    }
}
