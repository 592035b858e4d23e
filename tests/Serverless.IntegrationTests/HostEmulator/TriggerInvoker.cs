using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Calls <c>POST /{functionName}</c> of the handler for a trigger that is not HTTP.</summary>
internal sealed class TriggerInvoker(HandlerSupervisor supervisor, string hostVersion, TimeSpan functionTimeout) : IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });

    public async Task<TriggerResult> InvokeAsync(string functionName, JsonObject payload, CancellationToken cancellationToken)
    {
        var handler = await supervisor.ReadyAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(functionTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(handler.Address, functionName));
            request.Content = new StringContent(payload.ToJsonString(), new MediaTypeHeaderValue("application/json", "utf-8"));
            InvocationHeaders.Add(request, hostVersion);
            using var response = await _client.SendAsync(request, limit.Token);
            var result = await ReadAsync(response, limit.Token);
            if (result is not null)
            {
                return result;
            }

            // An empty answer completes nothing: the host waits until the function's timeout.
            await new TaskCompletionSource().Task.WaitAsync(limit.Token);
        }
        catch (HttpRequestException)
        {
            return new TriggerResult(TriggerOutcome.Failed, null, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The function's timeout passed.
        }

        cancellationToken.ThrowIfCancellationRequested();
        supervisor.Restart($"timeout of function {functionName}");
        return new TriggerResult(TriggerOutcome.TimedOut, null, null);
    }

    public void Dispose() => _client.Dispose();

    // Null means: the host sees no result.
    private static async Task<TriggerResult?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var failed = new TriggerResult(TriggerOutcome.Failed, status, null);
        if (!response.IsSuccessStatusCode)
        {
            return failed;
        }

        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (text.Length == 0)
        {
            return null;
        }

        if (response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            return failed;
        }

        try
        {
            return JsonNode.Parse(text) switch
            {
                null => null,
                JsonObject answer => new TriggerResult(TriggerOutcome.Succeeded, status, answer),
                _ => failed,
            };
        }
        catch (JsonException)
        {
            return failed;
        }
    }
}
