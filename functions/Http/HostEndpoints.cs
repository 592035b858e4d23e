using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Serverless.Functions.Http;

/// <summary>Endpoints that only the Functions host calls, by their whole path. They need no API token.</summary>
/// <remarks>
/// No function of the package has a route to them, so that nobody gets there from outside. What comes in by another route can look
/// like one after cleaning or decoding; so the target must be the path to the letter, and the caller must have addressed this very
/// process, as the host does: an older host that decodes a path once more keeps the public name in <c>Host</c>.
/// </remarks>
internal sealed class HostEndpoints(IReadOnlyDictionary<string, Func<HttpContext, Task>> byPath)
{
    /// <summary>The row in the table of <see cref="TokenExemptions"/>.</summary>
    public const string Template = "/{function}";

    /// <summary>The endpoint, or null.</summary>
    public Func<HttpContext, Task>? Find(HttpContext http) =>
        HttpMethods.IsPost(http.Request.Method)
        && byPath.TryGetValue(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var endpoint)
        && IsThisProcess(http) ? endpoint : null;

    private static bool IsThisProcess(HttpContext http) =>
        http.Request.Host is { Port: { } port } host && port == http.Connection.LocalPort
        && (host.Host == "localhost" || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address)));
}
