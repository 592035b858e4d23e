using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.Workflows.Host;

/// <summary>The workflow API of whichever instance answers: a request that meets a killed one is sent to another.</summary>
/// <param name="ports">Where the instances listen that live now.</param>
internal sealed class WorkflowClient(Func<IReadOnlyList<int>> ports) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) }) { Timeout = TimeSpan.FromSeconds(15) };
    private int _next;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts an instance; one that an unanswered request has started counts.</summary>
    public async Task StartAsync(string workflow, string id, string input)
    {
        var (status, text) = await SendAsync(HttpMethod.Post, $"/v1.0/workflows/dapr/{workflow}/start?instanceID={id}", input);
        Assert.True(status == 202 || text.Contains("already exists", StringComparison.Ordinal), $"{status} {text}");
    }

    /// <summary>Raises an event.</summary>
    public async Task RaiseAsync(string id, string name, string payload)
    {
        var (status, text) = await SendAsync(HttpMethod.Post, $"/v1.0/workflows/dapr/{id}/raiseEvent/{name}", payload);
        Assert.True(status == 202, $"{status} {text}");
    }

    /// <summary>The instance as the API shows it; null when there is none.</summary>
    public async Task<JsonObject?> GetAsync(string id)
    {
        var (status, text) = await SendAsync(HttpMethod.Get, $"/v1.0/workflows/dapr/{id}", "");
        return status == 404 ? null : (JsonObject)JsonNode.Parse(text)!;
    }

    /// <summary>The events of its history.</summary>
    public async Task<IReadOnlyList<JsonObject>> HistoryAsync(string id)
    {
        var (status, text) = await SendAsync(HttpMethod.Get, $"/v1.0/workflows/dapr/{id}/history", "");
        Assert.True(status == 200, $"{status} {text}");
        return [.. ((JsonArray)JsonNode.Parse(text)!["events"]!).Select(static item => (JsonObject)item!)];
    }

    /// <summary>Waits until an instance has ended; gives it.</summary>
    public async Task<JsonObject> WaitAsync(string id, TimeSpan limit, Func<string>? story = null)
    {
        JsonObject? last = null;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var begun = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begun) < limit; await timer.WaitForNextTickAsync(Token))
        {
            last = await GetAsync(id);
            if ((string?)last?["runtimeStatus"] is "COMPLETED" or "FAILED" or "TERMINATED")
            {
                return last;
            }
        }

        throw new TimeoutException($"{id} after {limit.TotalSeconds:0} s: {last?.ToJsonString()}\n{story?.Invoke()}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<(int Status, string Text)> SendAsync(HttpMethod method, string path, string body)
    {
        var last = "no instance lives";
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var begun = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begun) < Limit; await timer.WaitForNextTickAsync(Token))
        {
            if (ports() is not { Count: > 0 } live)
            {
                continue;
            }

            try
            {
                using var request = new HttpRequestMessage(method, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{live[(int)((uint)Interlocked.Increment(ref _next) % live.Count)]}{path}"));
                request.Content = method == HttpMethod.Get ? null : new StringContent(body);
                using var response = await _http.SendAsync(request, Token);
                var text = await response.Content.ReadAsStringAsync(Token);

                // A body without an error code is the host's own, whose handler is being started again.
                if ((int)response.StatusCode < 500 || text.Contains("already exists", StringComparison.Ordinal))
                {
                    return ((int)response.StatusCode, text);
                }

                last = $"{(int)response.StatusCode} {text}";
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !Token.IsCancellationRequested)
            {
                last = exception.Message;
            }
        }

        throw new TimeoutException($"{method} {path}: {last}");
    }
}
