using System.Text.Json;
using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.GraphQl;

/// <summary><c>bindings.graphql</c>: queries and mutations of a GraphQL server.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/graghql. GraphQL over HTTP: POST of <c>query</c> and <c>variables</c>. Request
/// metadata: <c>query</c> or <c>mutation</c>, <c>variable:&lt;name&gt;</c>, <c>header:&lt;name&gt;</c>. Numbers of an answer stay as they are.
/// </remarks>
internal sealed class GraphQlBinding : IOutputBinding
{
    private const string Query = "query";
    private const string Mutation = "mutation";
    private const string VariablePrefix = "variable:";
    private const string JsonType = "application/json; charset=utf-8";
    private readonly GraphQlOptions _options;
    private readonly WebCaller _caller;
    private readonly TimeProvider _time;

    /// <summary>A binding that connects with its first call.</summary>
    public GraphQlBinding(ComponentContext context)
    {
        _options = GraphQlOptions.Read(context.Metadata);
        _time = context.Host.Time;
        _caller = new WebCaller(new WebCallerOptions { Limit = _options.Limit, Time = _time });
    }

    public IReadOnlyList<string> Capabilities => [];

    public IReadOnlyList<string> Operations { get; } = [Query, Mutation];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Text(Query) is null && request.Text(Mutation) is null)
        {
            throw new BindingException($"GraphQL Error: Required metadata not set: {Query} or {Mutation}");
        }

        var document = request.Text(request.Operation) ?? throw new BindingException($"GraphQL Error: Required {request.Operation} not set");
        var (started, ticks) = (_time.GetUtcNow(), _time.GetTimestamp());
        try
        {
            var call = new WebRequest(HttpMethod.Post, _options.Endpoint) { Headers = HeadersOf(request), Body = BodyOf(document, request) };
            var answer = await _caller.SendAsync(call, cancellationToken);
            return new BindingResponse { Data = GraphQlAnswer.Data(answer), Metadata = Times(request.Operation, started, _time.GetElapsedTime(ticks)) };
        }
        catch (WebCallException fault)
        {
            throw new BindingException($"GraphQL Error: {fault.Message}", fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Dictionary<string, string> Times(string operation, DateTimeOffset started, TimeSpan duration) => new()
    {
        ["operation"] = operation,
        ["start-time"] = GoTime.Format(started),
        ["end-time"] = GoTime.Format(started + duration),
        ["duration"] = GoTime.Format(duration),
    };

    private WebHeaders HeadersOf(BindingRequest request)
    {
        var headers = new WebHeaders();
        headers.Set("Content-Type", JsonType);
        headers.Set("Accept", JsonType);
        foreach (var (name, value) in _options.Headers)
        {
            headers.Set(name, value);
        }

        foreach (var (key, value) in request.Metadata)
        {
            if (key.StartsWith(GraphQlOptions.HeaderPrefix, StringComparison.Ordinal))
            {
                headers.Set(key[GraphQlOptions.HeaderPrefix.Length..], value);
            }
        }

        return headers;
    }

    private static byte[] BodyOf(string document, BindingRequest request)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(Query, document);
            writer.WriteStartObject("variables");
            foreach (var (key, value) in request.Metadata)
            {
                if (key.StartsWith(VariablePrefix, StringComparison.Ordinal))
                {
                    writer.WriteString(key[VariablePrefix.Length..], value);
                }
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
