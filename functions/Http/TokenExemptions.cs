namespace Serverless.Functions.Http;

/// <summary>The endpoints that need no API token. An exemption belongs to an endpoint and a method, never to a path prefix.</summary>
internal sealed class TokenExemptions
{
    /// <summary>The address of event webhooks, which have a secret of their own.</summary>
    public const string EventTemplate = "/v1.0/events/{component}/{secret}";

    /// <summary>The address of event webhooks for senders with a token of their own identity.</summary>
    public const string TokenEventTemplate = "/v1.0/events/{component}";

    /// <summary>Method and path template of each exempt route; the readiness probe <c>GET /</c> and the host's triggers are rows without a route.</summary>
    public static readonly (string Method, string Path)[] Rows =
    [
        ("GET", "/"),
        ("GET", "/healthz"),
        ("GET", "/v1.0/healthz"),
        ("GET", "/v1.0/healthz/outbound"),
        ("POST", HostEndpoints.Template),
        ("OPTIONS", EventTemplate),
        ("POST", EventTemplate),
        ("OPTIONS", TokenEventTemplate),
        ("POST", TokenEventTemplate),
    ];

    private readonly Dictionary<ApiRoute, string> _exempt = [];

    /// <exception cref="InvalidOperationException">A row names no route, so that a renamed route can't lose its exemption unseen.</exception>
    public TokenExemptions(IReadOnlyList<ApiRoute> routes)
    {
        foreach (var (method, path) in Rows)
        {
            if (path is "/" or HostEndpoints.Template)
            {
                continue;
            }

            var route = routes.SingleOrDefault(route => route.Path == path && route.Methods.Contains(method))
                ?? throw new InvalidOperationException($"no route '{method} {path}' to exempt from the API token");
            _exempt.Add(route, method);
        }
    }

    /// <summary>Whether the call may do without a token.</summary>
    public bool Covers(HttpContext http, ApiRoute route, string path) =>
        route.IsFallback ? IsReadinessProbe(http.Request, path) : (_exempt.TryGetValue(route, out var method) && http.Request.Method == method);

    // The Functions host asks for / until the process listens. With a target it would be a service invocation.
    private static bool IsReadinessProbe(HttpRequest request, string path) =>
        path == "/" && HttpMethods.IsGet(request.Method)
        && !request.Headers.ContainsKey("dapr-app-id") && request.Headers.Authorization.Count == 0;
}
