using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Shutdown;

/// <summary>Stops this process.</summary>
/// <remarks>
/// Dapr: pkg/api/http, shutdown. The Functions host restarts a process that ends with 200 and gives up on one that ends
/// with 0, so behind it the code is always 200.
/// </remarks>
internal sealed class ShutdownApi
{
    private const int RestartedByHost = 200;
    private static readonly TimeSpan ForceDelay = TimeSpan.FromMilliseconds(100);
    private readonly RuntimeLifetime _lifetime;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _time;

    public ShutdownApi(RuntimeLifetime lifetime, RuntimeOptions options, TimeProvider time)
    {
        _lifetime = lifetime;
        _options = options;
        _time = time;
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
        var forces = request.Http.Request.Headers["dapr-force-shutdown"] == "true";
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
        if (!forces)
        {
            _lifetime.RequestStop(_options.UnderHost ? RestartedByHost : 0);
            return;
        }

        await Task.Delay(ForceDelay, _time);
        _lifetime.RequestAbort(_options.UnderHost ? RestartedByHost : 1);
    }
}
