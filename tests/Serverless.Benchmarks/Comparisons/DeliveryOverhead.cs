using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Serverless.Benchmarks.Load;
using Serverless.Benchmarks.Processes;

namespace Serverless.Benchmarks.Comparisons;

/// <summary>A triggered delivery, from the host's call to its answer, against the same call of the app itself, one at a time.</summary>
internal static class DeliveryOverhead
{
    private const int Calls = 3000;
    private const int WarmUp = 2000;
    private const string Function = "binding-tick";
    private const string Component = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: tick}\nspec: {type: bindings.cron, version: v1, metadata: [{name: schedule, value: \"0 0 1 1 *\"}]}\n";
    private const string Payload = """{"Data":{"payload":{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}},"Metadata":{"sys":{"MethodName":"binding-tick"}}}""";

    public static async Task RunAsync(string app, int pairs)
    {
        using var recipient = ServerProcess.Baseline();
        using var ours = ServerProcess.Triggered(app, recipient.Port, Component);
        await recipient.WaitAsync("/");
        await ours.WaitAsync("/v1.0/healthz");
        using var client = new HttpClient(new SocketsHttpHandler());
        await MeasureAsync(client, recipient.Url + "/tick", WarmUp);
        await MeasureAsync(client, $"{ours.Url}/{Function}", WarmUp);
        var (overheads, ratios) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < pairs; pair++)
        {
            var direct = Samples.Median(await MeasureAsync(client, recipient.Url + "/tick", Calls));
            var delivered = Samples.Median(await MeasureAsync(client, $"{ours.Url}/{Function}", Calls));
            overheads.Add(delivered - direct);
            ratios.Add(delivered / direct);
            Console.WriteLine($"delivery: the app itself {direct:0.000} ms, triggered delivery {delivered:0.000} ms, overhead {delivered - direct:0.000} ms, ratio {delivered / direct:0.00}");
        }

        Console.WriteLine($"delivery: median overhead {Samples.Median(overheads):0.000} ms (target <= 2), ratio {Samples.Median(ratios):0.00}");
    }

    private static async Task<List<double>> MeasureAsync(HttpClient client, string url, int calls)
    {
        var times = new List<double>(calls);
        for (var call = 0; call < calls; call++)
        {
            using var body = new StringContent(Payload, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
            var begin = Stopwatch.GetTimestamp();
            using var response = await client.PostAsync(new Uri(url), body);
            await response.Content.CopyToAsync(Stream.Null);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            response.EnsureSuccessStatusCode();
        }

        return times;
    }
}
