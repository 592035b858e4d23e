namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Finds the function for a request: alphabetical by name, first match, never by how specific a route is.</summary>
internal sealed class FunctionRouter
{
    private readonly IReadOnlyList<(HostedFunction Function, RouteTemplate Template)> _routes;

    public FunctionRouter(FunctionSet functions, string routePrefix) =>
        _routes = [.. functions.Http
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .Select(function => (function, new RouteTemplate(routePrefix, function.Route)))];

    /// <summary>The function, or null: the host then answers 404 by itself, also where only the method differs.</summary>
    public HostedFunction? Find(string method, string path) =>
        _routes.FirstOrDefault(route =>
            (route.Function.Methods.Count == 0 || route.Function.Methods.Contains(method.ToUpperInvariant()))
            && route.Template.Matches(path)).Function;
}
