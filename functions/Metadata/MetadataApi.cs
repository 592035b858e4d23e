using System.Collections.Concurrent;
using System.Text;
using Serverless.Components.Registry;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Metadata;

/// <summary>What this process is made of, and a small map that callers may add to.</summary>
/// <remarks>Dapr docs: reference/api/metadata_api. The map lives in memory.</remarks>
internal sealed class MetadataApi
{
    private readonly ConcurrentDictionary<string, string> _extended = new(StringComparer.Ordinal);
    private readonly ComponentRegistry _registry;
    private readonly RuntimeOptions _options;
    private readonly string _version;
    private readonly Func<IEnumerable<KeyValuePair<string, string>>>? _status;
    private readonly bool _hasWorkflows;

    /// <param name="registry">The components.</param>
    /// <param name="options">The settings.</param>
    /// <param name="version">What is reported as the version.</param>
    /// <param name="status">Further items of <c>extended</c>.</param>
    /// <param name="hasWorkflows">Whether this process runs workflows.</param>
    public MetadataApi(ComponentRegistry registry, RuntimeOptions options, string version, Func<IEnumerable<KeyValuePair<string, string>>>? status = null, bool hasWorkflows = false)
    {
        _hasWorkflows = hasWorkflows;
        _status = status;
        _registry = registry;
        _options = options;
        _version = version;
        Routes =
        [
            new ApiRoute("metadata", "v1.0", "GET", "metadata", "GetMetadata", GetAsync) { IsPublic = true },
            new ApiRoute("metadata", "v1.0", "PUT", "metadata/{key}", "PutMetadata", PutAsync),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private async Task GetAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        var error = body.Fault is not null ? DaprError.BodyRead(body.Fault)
            : IsEmptyOrObject(body.Bytes) ? null
            : DaprError.Malformed("failed deserializing HTTP body: expected a JSON object or no body");
        await (error is not null
            ? request.FailAsync(error)
            : Reply.JsonAsync(request.Http, StatusCodes.Status200OK, MetadataJson.Write(_registry.Live.View, _options, _version, Extended(), _hasWorkflows)));
    }

    private async Task PutAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        if (body.Fault is not null)
        {
            await request.FailAsync(DaprError.BodyRead(body.Fault));
            return;
        }

        _extended[request.Parameter("key")] = Encoding.UTF8.GetString(body.Bytes);
        await Reply.EmptyAsync(request.Http);
    }

    private Dictionary<string, string> Extended()
    {
        var items = new Dictionary<string, string>(_extended, StringComparer.Ordinal);
        foreach (var (source, fault) in _registry.SourceFaults)
        {
            items[$"resourceSource.{source}"] = fault;
        }

        foreach (var (name, text) in _status?.Invoke() ?? [])
        {
            items[name] = text;
        }

        return items;
    }

    private static bool IsEmptyOrObject(ReadOnlySpan<byte> body) =>
        body.IsEmpty || (JsonText.IsWellFormed(body) && body.TrimStart(" \t\r\n"u8)[0] == '{');
}
