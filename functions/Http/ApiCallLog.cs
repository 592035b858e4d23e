using System.Diagnostics;
using Serverless.Components.Registry;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.Http;

/// <summary>Logs each API call when <c>--enable-api-logging</c> or the Configuration asks for it; the flag wins.</summary>
/// <remarks>Dapr docs: operations/troubleshooting/api-logs-troubleshooting.</remarks>
internal sealed partial class ApiCallLog(RuntimeOptions options, ComponentRegistry registry, ILogger logger)
{
    /// <summary>Whether this route's calls are logged now.</summary>
    public bool IsOn(ApiRoute route)
    {
        var configuration = registry.Live.View.Configuration;
        return (options.ApiLogging ?? configuration.ApiLogging ?? false)
            && !(route.IsHealthCheck && (configuration.OmitHealthChecks ?? false));
    }

    /// <summary>Runs the call and logs it.</summary>
    public async Task RunAsync(ApiRequest request, string path)
    {
        var start = Stopwatch.GetTimestamp();
        await request.Route.Handler(request);
        var obfuscates = registry.Live.View.Configuration.ObfuscateUrls ?? false;
        var response = request.Http.Response;
        LogCall(
            logger,
            obfuscates ? request.Route.Name : $"{request.Http.Request.Method} {path.ReplaceLineEndings(" ")}",
            response.StatusCode,
            (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds,
            response.ContentLength ?? 0,
            request.Http.Request.Headers.UserAgent);
    }

    [LoggerMessage(LogLevel.Information, "HTTP API Called method={Method} code={Code} duration={Duration} size={Size} useragent={UserAgent}")]
    private static partial void LogCall(ILogger logger, string method, int code, long duration, long size, string? userAgent);
}
