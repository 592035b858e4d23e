using System.Globalization;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.State;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>The state API.</summary>
/// <remarks>Dapr docs: reference/api/state_api.</remarks>
internal sealed partial class StateApi
{
    private readonly ComponentRegistry _registry;
    private readonly RuntimeOptions _options;
    private readonly Dictionary<string, string> _appId;

    public StateApi(ComponentRegistry registry, RuntimeOptions options)
    {
        _registry = registry;
        _options = options;
        _appId = new Dictionary<string, string> { ["appID"] = options.AppId };
        Routes =
        [
            new ApiRoute("state", "v1.0", "GET", "state/{storeName}/{key}", "GetState", GetAsync),
            new ApiRoute("state", "v1.0", "DELETE", "state/{storeName}/{key}", "DeleteState", DeleteAsync),
            new ApiRoute("state", "v1.0", "POST|PUT", "state/{storeName}", "SaveState", SaveAsync),
            new ApiRoute("state", "v1.0", "POST|PUT", "state/{storeName}/bulk", "GetBulkState", BulkGetAsync),
            new ApiRoute("state", "v1.0", "POST|PUT", "state/{storeName}/transaction", "ExecuteStateTransaction", TransactAsync),
            new ApiRoute("state", "v1.0-alpha1", "POST|PUT", "state/{storeName}/query", "QueryStateAlpha1", QueryAsync),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private static bool IsIllegal(string key) => key.Contains(StateKeyPrefix.Separator, StringComparison.Ordinal);

    // What the URL says wins.
    private static IReadOnlyDictionary<string, string> Merge(Dictionary<string, string>? body, IReadOnlyDictionary<string, string> url)
    {
        if (body is null || body.Count == 0)
        {
            return url;
        }

        foreach (var (name, value) in url)
        {
            body[name] = value;
        }

        return body;
    }

    private static string ExpiryText(DateTimeOffset expiry) =>
        expiry.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// The first check of every state endpoint: is there any store, and one of this name? What comes with a body takes the
    /// store itself only once the body is there, so that a slow caller does not hold up a reload.
    /// </summary>
    private DaprError? Check(ApiRequest request, out StateStoreComponent? component)
    {
        var name = request.Parameter("storeName");
        component = _registry.Live.View.Component(name)?.Instance as StateStoreComponent;
        return component is null ? Missing(name, _appId) : null;
    }

    /// <summary>Takes the store for one call.</summary>
    private DaprError? Acquire(ApiRequest request, out ComponentLease<StateStoreComponent> lease)
    {
        var name = request.Parameter("storeName");
        return _registry.TryAcquire(name, out lease) ? null : Missing(name, _appId);
    }

    private DaprError Missing(string name, IReadOnlyDictionary<string, string>? metadata) => _registry.Live.View.HasAny<StateStoreComponent>()
        ? StateErrors.NotFound(name, metadata)
        : StateErrors.NotConfigured(name, metadata);

    // No store can query yet. The body is read first, as Dapr does; only then the store is looked up.
    private async Task QueryAsync(ApiRequest request)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        var name = request.Parameter("storeName");
        await request.FailAsync(body.Fault is not null ? DaprError.BodyRead(body.Fault)
            : Check(request, out _) is null ? StateErrors.NoQuery(name)
            : Missing(name, metadata: null));
    }
}
