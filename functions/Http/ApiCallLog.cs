using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Serverless.Components.Registry;
using Serverless.Functions.Hosting;
using Serverless.Functions.Hosting.Logging;

namespace Serverless.Functions.Http;

/// <summary>Logs each API call when <c>--enable-api-logging</c> or the Configuration asks for it; the flag wins.</summary>
/// <remarks>Dapr docs: operations/troubleshooting/api-logs-troubleshooting.</remarks>
internal sealed partial class ApiCallLog(RuntimeOptions options, ComponentRegistry registry, ILogger logger)
{
    private const string EventPrefix = "/v1.0/events/";

    /// <summary>Whether this route's calls are logged now.</summary>
    public bool IsOn(ApiRoute route)
    {
        var configuration = registry.Live.View.Configuration;
        return (options.ApiLogging ?? configuration.ApiLogging ?? false)
            && logger.IsEnabled(LogLevel.Information)
            && !(route.IsHealthCheck && (configuration.OmitHealthChecks ?? false));
    }

    /// <summary>Runs the call and logs it.</summary>
    public async Task RunAsync(ApiRequest request, string path)
    {
        var start = Stopwatch.GetTimestamp();
        var http = request.Http;
        var answer = new CountedAnswer(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        http.Features.Set<IHttpResponseBodyFeature>(answer);
        await request.Route.Handler(request);
        var obfuscates = registry.Live.View.Configuration.ObfuscateUrls ?? false;
        var method = obfuscates ? request.Route.Name : $"{http.Request.Method} {WithoutSecret(path)}";
        var duration = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var agent = http.Request.Headers.UserAgent is [{ Length: > 0 } first, ..] ? first : null;
        LogCall(logger, method, http.Response.StatusCode, duration, answer.Length, agent);
    }

    // Whatever route took the call: behind an event webhook's component stands its secret.
    private static string WithoutSecret(string path) =>
        path.StartsWith(EventPrefix, StringComparison.OrdinalIgnoreCase) && path.IndexOf('/', EventPrefix.Length) is > 0 and var slash ? $"{path[..slash]}/***" : path;

#pragma warning disable SYSLIB1015 // The parameters are not for the message: each is a field of that name.
    [LoggerMessage(Level = LogLevel.Information, EventName = LogFields.EventName, Message = "HTTP API Called")]
    private static partial void LogCall(ILogger logger, string method, int code, long duration, long size, string? useragent);
#pragma warning restore SYSLIB1015
}
