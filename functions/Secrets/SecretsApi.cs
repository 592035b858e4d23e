using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;
using Serverless.Components.Secrets;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Secrets;

/// <summary>The secrets API.</summary>
/// <remarks>
/// Dapr docs: reference/api/secrets_api, operations/configuration/secret-scope. As in daprd the body comes first, then the store, then
/// the scope; and what components refer to is not subject to scopes.
/// </remarks>
internal sealed class SecretsApi
{
    private const string StoreParameter = "secretStoreName";
    private const string KeyParameter = "key";
    private static readonly (string, string) StoreField = ("storeName", "store_name");
    private readonly ComponentRegistry _registry;
    private readonly RuntimeOptions _options;

    public SecretsApi(ComponentRegistry registry, RuntimeOptions options)
    {
        _registry = registry;
        _options = options;
        Routes =
        [
            new ApiRoute("secrets", "v1.0", "GET", $"secrets/{{{StoreParameter}}}/bulk", "GetBulkSecret", BulkGetAsync),
            new ApiRoute("secrets", "v1.0", "GET", $"secrets/{{{StoreParameter}}}/{{{KeyParameter}}}", "GetSecret", GetAsync),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private async Task GetAsync(ApiRequest request)
    {
        var key = request.Parameter(KeyParameter);
        var refusal = await CheckBodyAsync(request, StoreField, (KeyParameter, KeyParameter));
        ComponentLease<ISecretStore> lease = default;
        if ((refusal ?? Acquire(request, out lease)) is { } failure)
        {
            await request.FailAsync(failure);
            return;
        }

        using var held = lease;
        var store = request.Parameter(StoreParameter);
        if (Scope(store)?.Allows(key) == false)
        {
            await request.FailAsync(SecretErrors.Denied(store, key));
            return;
        }

        var (secret, fault) = await SecretCalls.GetAsync(held.Component, key, request.QueryMetadata(), request.Aborted);
        await (fault is not null ? request.FailAsync(SecretErrors.Get(store, key, fault))
            : secret is null ? Reply.EmptyAsync(request.Http)
            : Reply.JsonAsync(request.Http, StatusCodes.Status200OK, SecretsJson.Write(secret)));
    }

    private async Task BulkGetAsync(ApiRequest request)
    {
        var refusal = await CheckBodyAsync(request, StoreField);
        ComponentLease<ISecretStore> lease = default;
        if ((refusal ?? Acquire(request, out lease)) is { } failure)
        {
            await request.FailAsync(failure);
            return;
        }

        using var held = lease;
        var store = request.Parameter(StoreParameter);
        var scope = Scope(store);
        var (secrets, fault) = await SecretCalls.GetAllAsync(held.Component, request.QueryMetadata(), request.Aborted);
        await (secrets is null
            ? request.FailAsync(SecretErrors.BulkGet(store, fault!))
            : Reply.JsonAsync(request.Http, StatusCodes.Status200OK, SecretsJson.Write(secrets.Where(secret => scope?.Allows(secret.Key) != false))));
    }

    private async ValueTask<DaprError?> CheckBodyAsync(ApiRequest request, params (string, string)[] texts)
    {
        using var body = await RequestBody.ReadAsync(request.Http.Request, _options.MaxBodySize, request.Aborted);
        return body.Fault is not null ? DaprError.BodyRead(body.Fault)
            : MessageBody.FindFault(body.Bytes, hasMetadata: true, texts) is { } fault ? SecretErrors.Body(fault)
            : null;
    }

    private DaprError? Acquire(ApiRequest request, out ComponentLease<ISecretStore> lease)
    {
        var name = request.Parameter(StoreParameter);
        return _registry.TryAcquire(name, out lease) ? null
            : _registry.Live.View.HasAny<ISecretStore>() ? SecretErrors.NotFound(name)
            : SecretErrors.NotConfigured;
    }

    // Without a scope of its own a store is open.
    private SecretScope? Scope(string store) =>
        _registry.Live.View.Configuration.SecretScopes?.FirstOrDefault(scope => scope.StoreName == store);
}
