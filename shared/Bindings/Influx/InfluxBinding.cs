using System.Text;
using System.Text.Json;
using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.Influx;

/// <summary><c>bindings.influx</c>: writes points to InfluxDB and queries it in Flux.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/influxdb; InfluxDB docs: api/v2. Data of <c>create</c>: the strings
/// <c>measurement</c>, <c>tags</c> and <c>values</c>. Request metadata of <c>query</c>: <c>raw</c>; the answer is annotated CSV.
/// </remarks>
internal sealed class InfluxBinding : IOutputBinding
{
    private const string Raw = "raw";
    private readonly InfluxOptions _options;
    private readonly WebCaller _caller;

    /// <summary>A binding that connects with its first call.</summary>
    public InfluxBinding(ComponentContext context)
    {
        _options = InfluxOptions.Read(context.Metadata);
        _caller = new WebCaller(new WebCallerOptions { Limit = _options.Limit, Time = context.Host.Time });
    }

    public IReadOnlyList<string> Capabilities => [];

    public IReadOnlyList<string> Operations { get; } = ["create", "query"];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken) =>
        request.Operation == "create" ? WriteAsync(request, cancellationToken) : QueryAsync(request, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<BindingResponse?> WriteAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var line = InfluxLine.From(request.Data);
        await SendAsync("influx error: Cannot write point", _options.WriteAddress, "text/plain; charset=utf-8", "application/json", Encoding.UTF8.GetBytes(line), cancellationToken);
        return null;
    }

    private async ValueTask<BindingResponse?> QueryAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var query = request.Required(Raw);
        var answer = await SendAsync("do query influx err", _options.QueryAddress, "application/json; charset=utf-8", "application/csv", BodyOf(query), cancellationToken);
        return new BindingResponse { Data = answer.Body, Metadata = new Dictionary<string, string> { ["operation"] = request.Operation, [Raw] = query } };
    }

    private async ValueTask<WebAnswer> SendAsync(string failing, Uri address, string contentType, string accept, byte[] body, CancellationToken cancellationToken)
    {
        var headers = new WebHeaders();
        headers.Set("Authorization", $"Token {_options.Token}");
        headers.Set("Content-Type", contentType);
        headers.Set("Accept", accept);
        try
        {
            var answer = await _caller.SendAsync(new WebRequest(HttpMethod.Post, address) { Headers = headers, Body = body }, cancellationToken);
            return answer.IsSuccess ? answer : throw new BindingException($"{failing}: {Refusal(answer)}");
        }
        catch (WebCallException fault)
        {
            throw new BindingException($"{failing}: {fault.Message}", fault);
        }
    }

    // The dialect of InfluxDB's own client.
    private static byte[] BodyOf(string query)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("dialect");
            writer.WriteStartArray("annotations");
            writer.WriteStringValue("datatype");
            writer.WriteStringValue("group");
            writer.WriteStringValue("default");
            writer.WriteEndArray();
            writer.WriteString("delimiter", ",");
            writer.WriteBoolean("header", true);
            writer.WriteEndObject();
            writer.WriteString("query", query);
            writer.WriteString("type", "flux");
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string Refusal(WebAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("code", out var code) && root.TryGetProperty("message", out var message))
            {
                return $"{code}: {message}";
            }
        }
        catch (JsonException)
        {
            // Something on the way answered.
        }

        return answer.StatusLine;
    }
}
