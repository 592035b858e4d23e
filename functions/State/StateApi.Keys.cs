using Serverless.Components.Registry.Live;
using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>Reading and deleting one key.</summary>
internal sealed partial class StateApi
{
    private async Task GetAsync(ApiRequest request)
    {
        if (AcquireForKey(request, out var lease, out var key) is { } error)
        {
            await request.FailAsync(error);
            return;
        }

        using var held = lease;
        var component = held.Component;
        var get = new StateGet(component.KeyPrefix.ToStored(key), request.Query("consistency") ?? "", request.QueryMetadata());
        var (entry, fault) = await StateCalls.GetAsync(component, get, request.Aborted);
        await (fault is not null ? request.FailAsync(StateErrors.Get(component.Name, key, fault))
            : entry is null ? Reply.EmptyAsync(request.Http)
            : WriteAsync(request.Http, entry));
    }

    private static Task WriteAsync(HttpContext http, StateEntry entry)
    {
        if (entry.ETag is not null)
        {
            http.Response.Headers.ETag = entry.ETag;
        }

        if (entry.ExpiresAt is { } expiry)
        {
            http.Response.Headers["Metadata.ttlexpiretime"] = ExpiryText(expiry);
        }

        return Reply.JsonAsync(http, StatusCodes.Status200OK, entry.Value);
    }

    private async Task DeleteAsync(ApiRequest request)
    {
        if (AcquireForKey(request, out var lease, out var key) is { } error)
        {
            await request.FailAsync(error);
            return;
        }

        using var held = lease;
        var component = held.Component;
        var match = request.Http.Request.Headers.IfMatch;
        var delete = new StateDelete
        {
            Key = component.KeyPrefix.ToStored(key),
            ETag = match.Count > 0 ? match[0] : null,
            Options = StateCalls.Options(request.Query("concurrency") ?? "", request.Query("consistency") ?? ""),
            Metadata = request.QueryMetadata(),
        };
        var result = await StateCalls.DeleteAsync(component, delete, request.Aborted);
        await (result.Outcome == StateOutcome.Done ? Reply.EmptyAsync(request.Http) : request.FailAsync(StateErrors.Delete(key, result)));
    }

    private DaprError? AcquireForKey(ApiRequest request, out ComponentLease<StateStoreComponent> lease, out string key)
    {
        key = request.Parameter("key");
        if (Acquire(request, out lease) is { } missing)
        {
            return missing;
        }

        if (!IsIllegal(key))
        {
            return null;
        }

        using var held = lease;
        return StateErrors.IllegalKey(key, held.Component.Name, key);
    }
}
