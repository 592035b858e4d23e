using Microsoft.AspNetCore.Connections;
using Serverless.Components.Registry;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.Http;

/// <summary>Takes every request of the process through Dapr's order: path, CORS, token, log, route, handler.</summary>
/// <remarks>Dapr: pkg/api/http, server. W3C trace headers are accepted and not used; baggage is not looked at.</remarks>
internal sealed partial class RequestPipeline
{
    private static readonly string[] Verbs = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    private readonly RuntimeOptions _options;
    private readonly RouteTable _routes;
    private readonly TokenExemptions _exemptions;
    private readonly ApiTokenCheck _token;
    private readonly CorsPolicy? _cors;
    private readonly ApiCallLog _calls;
    private readonly HostEndpoints? _host;
    private readonly ILogger _logger;

    /// <exception cref="InvalidOperationException">The routes contradict each other.</exception>
    public RequestPipeline(RuntimeOptions options, ComponentRegistry registry, ILoggerFactory loggers, IReadOnlyList<ApiRoute> routes, HostEndpoints? host = null)
    {
        _options = options;
        _host = host;
        _logger = loggers.CreateLogger("dapr.runtime.http");
        _routes = new RouteTable(routes, registry);
        _exemptions = new TokenExemptions(routes);
        _token = new ApiTokenCheck(options);
        _cors = CorsPolicy.Create(options.AllowedOrigins);
        _calls = new ApiCallLog(options, registry, loggers.CreateLogger("dapr.runtime.http-info"));
    }

    /// <summary>Answers one request, whatever happens.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        var caller = http.RequestAborted;
        var trigger = _host?.Find(http);

        // A trigger has a limit of its own.
        using var deadline = _options.RequestTimeout is { } limit && trigger is null ? StartDeadline(http, limit) : null;
        try
        {
            await (trigger is null ? RunAsync(http) : trigger(http));
        }
        catch (OperationCanceledException exception) when (deadline is { IsCancellationRequested: true } && !caller.IsCancellationRequested)
        {
            await FailAsync(http, exception, new DaprError(StatusCodes.Status504GatewayTimeout, "ERROR", $"the request took longer than {_options.RequestTimeout!.Value.TotalSeconds:0} s"));
        }
        catch (Exception exception) when (caller.IsCancellationRequested || exception is OperationCanceledException or ConnectionAbortedException)
        {
            // The caller is gone, or the process cut it off while it stops: nobody to tell, but nothing may look like an answer.
            http.Abort();
        }
        catch (Exception exception)
        {
            await FailAsync(http, exception, DaprError.Internal("ERROR", exception.Message));
        }
    }

    // The handlers see one token for both the caller's going away and the limit.
    private static CancellationTokenSource StartDeadline(HttpContext http, TimeSpan limit)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        deadline.CancelAfter(limit);
        http.RequestAborted = deadline.Token;
        return deadline;
    }

    private Task FailAsync(HttpContext http, Exception exception, DaprError error)
    {
        LogFailure(_logger, exception, http.Request.Method);
        if (http.Response.HasStarted || http.Response.BodyWriter.UnflushedBytes > 0)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        return Reply.ErrorAsync(http, error);
    }

    private Task RunAsync(HttpContext http)
    {
        var method = http.Request.Method;
        var isPublicPort = ApiListeners.IsPublic(http, _options);
        var path = RequestTarget.Clean(RequestTarget.RawPath(http, _options.UnderHost));
        var route = _routes.Find(path, method, isPublicPort, out var ranges) ?? _routes.Fallback;
        if (_cors is not null && !isPublicPort && _cors.Answers(http))
        {
            return Task.CompletedTask;
        }

        // Evaluated first, because it also takes the header out of the request.
        if (!_token.Admits(http.Request) && !_exemptions.Covers(http, route, path))
        {
            return Reply.TextAsync(http, StatusCodes.Status401Unauthorized, "invalid api token");
        }

        if (route.IsFallback && (isPublicPort || !_routes.HasFallback()))
        {
            return UnroutedAsync(http, path, isPublicPort);
        }

        if (!TryDecode(route, path, ranges, out var parameters, out var fault))
        {
            return Reply.TextAsync(http, StatusCodes.Status400BadRequest, fault);
        }

        var request = new ApiRequest(http, route, parameters);
        return _calls.IsOn(route) ? _calls.RunAsync(request, path) : route.Handler(request);
    }

    private bool TryDecode(ApiRoute route, string path, RouteParameters<Range> ranges, out RouteParameters<string> parameters, out string fault)
    {
        parameters = default;
        fault = "";
        for (var index = 0; index < route.Parameters.Length && !route.IsFallback; index++)
        {
            var text = path.AsSpan(ranges[index]);
            string? complaint = null;
            if ((_options.UnderHost ? SegmentText.UnescapeSlashes(text) : SegmentText.Unescape(text, out complaint)) is not { } value)
            {
                fault = $"failed to unescape request parameter \"{route.Parameters[index]}\". Error: {complaint}";
                return false;
            }

            parameters[index] = value;
        }

        return true;
    }

    // Without service invocation Dapr's router answers by itself, in plain text.
    private Task UnroutedAsync(HttpContext http, string path, bool isPublicPort)
    {
        var allowed = Array.FindAll(Verbs, verb => _routes.Find(path, verb, isPublicPort, out _) is { IsFallback: false });
        if (allowed.Length == 0)
        {
            return Reply.TextAsync(http, StatusCodes.Status404NotFound, "404 page not found");
        }

        http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        http.Response.Headers.Allow = string.Join(", ", allowed);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Error, "A {Method} request failed unexpectedly")]
    private static partial void LogFailure(ILogger logger, Exception exception, string method);
}
