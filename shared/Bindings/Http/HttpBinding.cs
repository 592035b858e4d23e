using System.Globalization;
using Serverless.Components.Clients.WebCalls;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.Http;

/// <summary><c>bindings.http</c>: calls an HTTP server; the operation is the method.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/http. Request metadata: <c>path</c>, <c>errorIfNot2XX</c>, and each key
/// that begins with an upper-case letter is a header. Answers: the body; <c>statusCode</c>, <c>status</c> and the headers as metadata,
/// after a failure too.
/// </remarks>
internal sealed class HttpBinding : IOutputBinding
{
    private const string JsonType = "application/json; charset=utf-8";
    private static readonly string[] TraceNames = ["traceparent", "tracestate", "baggage"];
    private readonly HttpBindingOptions _options;
    private readonly HttpTarget _target;
    private readonly WebCaller _caller;

    /// <summary>A binding that connects with its first call.</summary>
    public HttpBinding(ComponentContext context)
    {
        _options = HttpBindingOptions.Read(context);
        _target = new HttpTarget(_options.Url);
        _caller = new WebCaller(_options.Caller);
    }

    public IReadOnlyList<string> Capabilities => [];

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "head", "post", "put", "patch", "delete", "options", "trace"];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var (method, hasBody) = MethodOf(request.Operation);
        WebAnswer answer;
        try
        {
            var call = new WebRequest(method, _target.At(request.Text("path"))) { Headers = HeadersOf(request, hasBody), Body = hasBody ? request.Data : default(ReadOnlyMemory<byte>?) };
            answer = await _caller.SendAsync(call, cancellationToken);
        }
        catch (WebCallException fault)
        {
            throw new BindingException(fault.Message, fault);
        }

        var metadata = answer.Headers;
        metadata["statusCode"] = answer.Status.ToString(CultureInfo.InvariantCulture);
        metadata["status"] = answer.StatusLine;
        return answer.IsSuccess || !request.Boolean("errorIfNot2XX", _options.ErrorIfNot2xx)
            ? new BindingResponse { Data = answer.Body, Metadata = metadata }
            : throw new BindingException($"received status code {answer.Status}") { Metadata = metadata };
    }

    public ValueTask DisposeAsync()
    {
        _caller.Dispose();
        return ValueTask.CompletedTask;
    }

    private static (HttpMethod Method, bool HasBody) MethodOf(string operation) => operation switch
    {
        "get" => (HttpMethod.Get, false),
        "head" => (HttpMethod.Head, false),
        "create" or "post" => (HttpMethod.Post, true),
        "put" => (HttpMethod.Put, true),
        "patch" => (HttpMethod.Patch, true),
        "delete" => (HttpMethod.Delete, false),
        "options" => (HttpMethod.Options, false),
        "trace" => (HttpMethod.Trace, false),
        _ => throw new BindingException($"invalid operation: {operation}"),
    };

    private WebHeaders HeadersOf(BindingRequest request, bool hasBody)
    {
        var headers = new WebHeaders();
        if (hasBody)
        {
            headers.Set("Content-Type", JsonType);
        }

        headers.Set("Accept", JsonType);
        foreach (var (name, value) in _options.Credentials)
        {
            headers.Set(name, value);
        }

        foreach (var (name, value) in request.Metadata)
        {
            if (name is [>= 'A' and <= 'Z', ..])
            {
                headers.Set(name, value);
            }
        }

        foreach (var name in TraceNames)
        {
            if (request.Text(name) is { } value)
            {
                headers.Set(name, value);
            }
        }

        return headers;
    }
}
