using static Serverless.IntegrationTests.Wire.WireAnswer;
using static Serverless.IntegrationTests.Wire.WireStep;

namespace Serverless.IntegrationTests.Wire.Tables;

/// <summary>dapr-http-api.md §1.2, §1.3, §1.8: what is no route answers 404, never 405.</summary>
internal static class RouteTable
{
    /// <summary>The one answer to everything that is no route.</summary>
    public static WireAnswer NoRoute { get; } = new(404)
    {
        Body = """{"errorCode":"ERR_DIRECT_INVOKE","message":"failed getting app id either from the URL path or the header dapr-app-id"}""",
        ContentType = Json,
    };

    private static readonly (string Method, string Path)[] Everywhere =
    [
        ("PATCH", "/v1.0/state/{store}"),
        ("GET", "/v1.0/state/{store}"),
        ("DELETE", "/v1.0/state/{store}"),
        ("POST", "/v1.0/state/{store}/{k}"),
        ("PUT", "/v1.0/state/{store}/{k}"),
        ("PATCH", "/v1.0/state/{store}/{k}"),
        ("OPTIONS", "/v1.0/state/{store}/{k}"),
        ("GET", "/v1.0/state"),
        ("POST", "/v1.0/state"),
        ("GET", "/v1.0/nosuch"),
        ("GET", "/v1.0/"),
        ("GET", "/v1.0"),
        ("POST", "/v1.0/bindings"),
        ("GET", "/v1.0/shutdown"),
        ("PUT", "/v1.0/shutdown"),
        ("GET", "/v1.0/State/{store}/k"),
        ("GET", "/V1.0/healthz"),
        ("GET", "/v1.0/HEALTHZ"),
        ("GET", "/v1.0-alpha1/metadata"),
        ("GET", "/v1.0-alpha1/nosuch"),
        ("GET", "/v1.0-alpha2/nosuch"),
        ("GET", "/v1.0-beta1/nosuch"),
        ("GET", "/v1.0/invoke/someapp"),
        ("POST", "/v1.0/invoke/someapp/methods/x"),
    ];

    private static readonly (string Method, string Path)[] StandaloneOnly =
    [
        ("GET", "/"),
        ("GET", "/healthz-of-nobody"),
        ("GET", "/v2.0/state/{store}/k"),
        ("GET", "/v1.1/healthz"),
        ("GET", "/v1.0-alpha3/healthz"),
        ("POST", "/state"),
        ("DELETE", "/favicon.ico"),
    ];

    public static IEnumerable<WireCase> Rows =>
    [
        .. Everywhere.Select(Row),
        .. StandaloneOnly.Select(route => Row(route).On(WireTargets.Standalone)),
        new WireCase("Route_HeadOfUnknown_404WithoutBody", Send("HEAD", "/v1.0/nosuch", new WireAnswer(404) { Body = "" })),
        new WireCase("Route_HostHomepage_IsTheHosts",
            Get("/", new WireAnswer(200) { ContentType = "text/html" })).On(WireTargets.Host),
        new WireCase("Route_UnknownOutsideVersions_IsTheHosts", Get("/nosuch", new WireAnswer(404) { Body = "" })).On(WireTargets.Host),
    ];

    private static WireCase Row((string Method, string Path) route) =>
        new($"Route_{route.Method}_{route.Path}_404", Send(route.Method, route.Path, NoRoute));
}
