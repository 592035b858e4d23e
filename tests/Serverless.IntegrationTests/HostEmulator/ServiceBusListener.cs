using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>A Service Bus trigger: peek-lock, then complete or abandon. It speaks the service's REST, the host its AMQP.</summary>
/// <remarks>Functions docs: functions-bindings-service-bus-trigger, "Peek lock behavior", "Poison messages".</remarks>
internal sealed class ServiceBusListener(HostedFunction function, ServiceBusConnection connection, string queue, TriggerInvoker invoker, HostJournal journal) : ITriggerListener, IDisposable
{
    private const int Concurrency = 16;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SemaphoreSlim _free = new(Concurrency);

    public async Task RunAsync(CancellationToken killed)
    {
        while (!killed.IsCancellationRequested)
        {
            try
            {
                await _free.WaitAsync(killed);
                using var response = await SendAsync(HttpMethod.Post, new Uri(connection.Address, $"{queue}/messages/head?timeout=5"), killed);
                if (response.StatusCode == HttpStatusCode.Created)
                {
                    _ = ProcessAsync(await LockedMessage.ReadAsync(response, killed), killed);
                }
                else
                {
                    _free.Release();
                }
            }
            catch (HttpRequestException exception)
            {
                journal.Add($"{function.Name}: {exception.Message}");
                _free.Release();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task ProcessAsync(LockedMessage message, CancellationToken killed)
    {
        try
        {
            var result = await invoker.InvokeAsync(function.Name, Payload(message), killed);
            using var settled = await SendAsync(result.Outcome == TriggerOutcome.Succeeded ? HttpMethod.Delete : HttpMethod.Put, message.Lock, killed);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or HostException or TimeoutException)
        {
            journal.Add($"{function.Name}: a message is left locked: {exception.Message}");
        }
        finally
        {
            _free.Release();
        }
    }

    private JsonObject Payload(LockedMessage message)
    {
        var metadata = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in TriggerPayload.Members(message.Body))
        {
            metadata[name] = value;
        }

        foreach (var name in (string[])["MessageId", "ContentType", "CorrelationId", "SessionId", "ReplyTo", "To", "Label", "PartitionKey", "LockToken"])
        {
            metadata[name == "Label" ? "Subject" : name] = (string?)message.Broker[name] ?? (name == "ContentType" ? message.ContentType : null);
        }

        metadata["DeliveryCount"] = (int?)message.Broker["DeliveryCount"];
        metadata["SequenceNumber"] = (long?)message.Broker["SequenceNumber"];
        metadata["EnqueuedTimeUtc"] = DateTimeOffset.TryParse((string?)message.Broker["EnqueuedTimeUtc"], CultureInfo.InvariantCulture, out var time) ? time : null;
        metadata["ApplicationProperties"] = message.Properties;
        var isBinary = (string?)function.Trigger.Json["dataType"] == "binary";
        return TriggerPayload.Create(new Dictionary<string, object?> { [function.Trigger.Name] = isBinary ? message.Body : Encoding.UTF8.GetString(message.Body) }, metadata);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.TryAddWithoutValidation("Authorization", connection.Token);
        return await _http.SendAsync(request, cancellationToken);
    }
}
