namespace Serverless.Functions.Http;

/// <summary>A matched API call.</summary>
internal sealed class ApiRequest(HttpContext http, ApiRoute route, RouteParameters<string> parameters)
{
    public HttpContext Http { get; } = http;

    public ApiRoute Route { get; } = route;

    /// <summary>Cancelled when the caller goes away.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The decoded path parameter of that name.</summary>
    public string Parameter(string name) => parameters[Array.IndexOf(Route.Parameters, name)];

    /// <summary>The first query value of that name, or null.</summary>
    public string? Query(string name) => RequestQuery.Value(Http.Request.QueryString, name);

    /// <summary>The <c>metadata.*</c> query parameters.</summary>
    public IReadOnlyDictionary<string, string> QueryMetadata() => RequestQuery.Metadata(Http.Request.QueryString);

    public Task FailAsync(DaprError error) => Reply.ErrorAsync(Http, error);
}
