using System.Text.Json;
using Serverless.Components.Registry;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Bindings;

/// <summary>The bindings API: calls of output bindings.</summary>
/// <remarks>Dapr docs: reference/api/bindings_api. Whatever fails once the body is read is a 500 with one code.</remarks>
internal sealed class BindingsApi
{
    private const string NameParameter = "name";
    private readonly ComponentRegistry _registry;
    private readonly RuntimeOptions _options;

    public BindingsApi(ComponentRegistry registry, RuntimeOptions options)
    {
        _registry = registry;
        _options = options;
        Routes =
        [
            new ApiRoute("bindings", "v1.0", "POST|PUT", $"bindings/{{{NameParameter}}}", "InvokeBinding", InvokeAsync),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private async Task InvokeAsync(ApiRequest request)
    {
        var (body, error) = await ReadAsync(request);
        if ((error ?? CallerTrace.AddTo(body!.Metadata, request.Http.Request.Headers)) is { } refusal)
        {
            await request.FailAsync(refusal);
            return;
        }

        var name = request.Parameter(NameParameter);
        var result = await OutputCalls.InvokeAsync(_registry, name, body!.ToRequest(), request.Aborted);
        AddHeaders(request.Http.Response.Headers, result.Metadata);
        await (result.Fault is not null ? request.FailAsync(DaprError.Internal("ERR_INVOKE_OUTPUT_BINDING", $"error invoking output binding {name}: {result.Fault}"))
            : result.Data is { } data ? Reply.JsonAsync(request.Http, StatusCodes.Status200OK, data)
            : Reply.EmptyAsync(request.Http));
    }

    private async Task<(BindingBody? Body, DaprError? Error)> ReadAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        try
        {
            return body.Fault is null ? (BindingBody.Read(body.Bytes), null) : (null, Malformed(body.Fault));
        }
        catch (JsonException exception)
        {
            return (null, Malformed(JsonText.Describe(exception)));
        }
    }

    private static DaprError Malformed(string fault) => DaprError.Malformed($"failed deserializing HTTP body: {fault}");

    // A header can't hold everything that a component may answer.
    private static void AddHeaders(IHeaderDictionary headers, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata)
        {
            if (HeaderText.IsName(name))
            {
                headers[$"metadata.{name}"] = HeaderText.ToValue(value);
            }
        }
    }
}
