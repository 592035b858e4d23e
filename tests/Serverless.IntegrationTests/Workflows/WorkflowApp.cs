using System.Net;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Workflows;

/// <summary>A running app seen through its workflow API.</summary>
internal sealed class WorkflowApp(HttpClient client, string version = "v1.0") : IDisposable
{
    // The work of a process that was killed is taken over after 15 s.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Arguments for the sample workflows.</summary>
    public static IReadOnlyList<string> Samples { get; } = ["--samples"];

    public static WorkflowApp Of(AppProcess process, string version = "v1.0") => new(process.Client(), version);

    public async Task<(int Status, string Body)> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{version}/workflows/dapr{path}", UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body),
        };
        using var response = await client.SendAsync(request, Cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Sends what must be accepted.</summary>
    public async Task AcceptAsync(string path, string? body = null) => Assert.Equal((202, "{}"), await SendAsync("POST", path, body));

    /// <summary>Starts an instance and gives its id.</summary>
    public async Task<string> StartAsync(string workflow, string input = "", string? id = null)
    {
        id ??= Guid.NewGuid().ToString("N");
        Assert.Equal((202, $$"""{"instanceID":"{{id}}"}"""), await SendAsync("POST", $"/{workflow}/start?instanceID={id}", input));
        return id;
    }

    public async Task<JsonObject> GetAsync(string id)
    {
        var (status, body) = await SendAsync("GET", $"/{id}");
        Assert.Equal(((int)HttpStatusCode.OK, body), (status, body));
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Waits until an instance has a status.</summary>
    public Task<JsonObject> WaitAsync(string id, string status) => WaitAsync(id, $"has the status {status}", state => (string?)state["runtimeStatus"] == status);

    public async Task<JsonObject> WaitAsync(string id, string what, Func<JsonObject, bool> condition)
    {
        JsonObject? state = null;
        if (!await Eventually.TrueAsync(async () => condition(state = await GetAsync(id)), Limit, Cancel))
        {
            Assert.Fail($"after {Limit}: instance {id} does not fulfil: it {what}; it is {state?.ToJsonString()}");
        }

        return state!;
    }

    /// <summary>Runs a workflow to its end and gives its output.</summary>
    public async Task<string?> RunAsync(string workflow, string input)
    {
        var state = await WaitAsync(await StartAsync(workflow, input), "has ended", HasEnded);
        Assert.Equal("COMPLETED", (string?)state["runtimeStatus"]);
        return Property(state, "output");
    }

    public async Task<JsonArray> HistoryAsync(string id)
    {
        var (status, body) = await SendAsync("GET", $"/{id}/history");
        Assert.Equal((200, body), (status, body));
        return JsonNode.Parse(body)!["events"]!.AsArray();
    }

    public static string? Property(JsonObject state, string name) => (string?)state["properties"]?[$"dapr.workflow.{name}"];

    public void Dispose() => client.Dispose();

    private static bool HasEnded(JsonObject state) => (string?)state["runtimeStatus"] is "COMPLETED" or "FAILED" or "TERMINATED";
}
