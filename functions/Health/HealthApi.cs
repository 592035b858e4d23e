using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Health;

/// <summary>Health probes.</summary>
/// <remarks>Dapr docs: reference/api/health_api.</remarks>
internal sealed class HealthApi
{
    private readonly HealthTargets _runtime;
    private readonly HealthTargets _outbound;
    private readonly string _appId;

    /// <param name="runtime">Everything that must be ready before the app may rely on this process.</param>
    /// <param name="outbound">The part that calls out: components and servers, but not the app.</param>
    /// <param name="options">Names the app.</param>
    public HealthApi(HealthTargets runtime, HealthTargets outbound, RuntimeOptions options)
    {
        _runtime = runtime;
        _outbound = outbound;
        _appId = options.AppId;
        Routes =
        [
            new ApiRoute("healthz", "v1.0", "GET", "healthz", "Healthz", RuntimeAsync) { IsPublic = true },
            new ApiRoute("healthz", "v1.0", "GET", "healthz/outbound", "HealthzOutbound", OutboundAsync) { IsPublic = true },
            new ApiRoute("healthz", "", "GET", "healthz", "ControlPlaneHealthz", PlainAsync) { IsPublic = true },
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private Task RuntimeAsync(ApiRequest request)
    {
        if (!_runtime.IsReady)
        {
            return request.FailAsync(DaprError.Internal("ERR_HEALTH_NOT_READY", $"dapr is not ready: [{string.Join(' ', _runtime.Unready)}]"));
        }

        return request.Query("appid") is { } appId && appId != _appId
            ? request.FailAsync(DaprError.Internal("ERR_HEALTH_APPID_NOT_MATCH", "dapr app-id does not match"))
            : Reply.EmptyAsync(request.Http);
    }

    private Task OutboundAsync(ApiRequest request) => _outbound.IsReady
        ? Reply.EmptyAsync(request.Http)
        : request.FailAsync(DaprError.Internal("ERR_OUTBOUND_HEALTH_NOT_READY", "dapr outbound is not ready"));

    // Dapr's control plane services answer like this.
    private Task PlainAsync(ApiRequest request)
    {
        request.Http.Response.StatusCode = _runtime.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }
}
