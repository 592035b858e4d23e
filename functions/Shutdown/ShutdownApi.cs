using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Shutdown;

/// <summary>Stops this process.</summary>
/// <remarks>Dapr: pkg/api/http, shutdown.</remarks>
internal sealed class ShutdownApi
{
    private readonly RuntimeLifetime _lifetime;
    private readonly RuntimeOptions _options;

    public ShutdownApi(RuntimeLifetime lifetime, RuntimeOptions options)
    {
        _lifetime = lifetime;
        _options = options;
        Routes =
        [
            new ApiRoute("shutdown", "v1.0", "POST", "shutdown", "Shutdown", ShutdownAsync),
        ];
    }

    public IReadOnlyList<ApiRoute> Routes { get; }

    private Task ShutdownAsync(ApiRequest request)
    {
        if (_options.UnderHost && string.IsNullOrEmpty(_options.ApiToken))
        {
            return request.FailAsync(new DaprError(StatusCodes.Status403Forbidden, "ERR_PERMISSION_DENIED",
                "shutdown behind the Functions host needs an API token; set DAPR_API_TOKEN"));
        }

        // Only once the answer is out, because the stop closes connections.
        var forces = request.Http.Request.Headers["dapr-force-shutdown"] is [var first, ..] && "true".Equals(first, StringComparison.OrdinalIgnoreCase);
        request.Http.Response.OnCompleted(() =>
        {
            _ = StopAsync(forces);
            return Task.CompletedTask;
        });
        return Reply.EmptyAsync(request.Http);
    }

    private async Task StopAsync(bool forces)
    {
        // Off the request, which a stop waits for.
        await Task.Yield();
        if (forces)
        {
            _lifetime.RequestAbort(1);
        }
        else
        {
            _lifetime.RequestStop(0);
        }
    }
}
