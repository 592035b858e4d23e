using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;

namespace Serverless.Functions.Http;

/// <summary>All routes, with those left out that the Configuration disallows: they behave as if they were not there.</summary>
/// <remarks>Dapr docs: operations/configuration/api-allowlist.</remarks>
internal sealed class RouteTable
{
    private readonly ApiRoute[] _routes;
    private readonly ComponentRegistry _registry;
    private readonly RouteNode _root = new();
    private Gate _gate;

    /// <exception cref="InvalidOperationException">A route can't be reached, or there is not exactly one fallback.</exception>
    public RouteTable(IReadOnlyList<ApiRoute> routes, ComponentRegistry registry)
    {
        _routes = [.. routes];
        _registry = registry;
        Fallback = _routes.Single(route => route.IsFallback);
        for (var index = 0; index < _routes.Length; index++)
        {
            _root.Add(_routes[index], index);
        }

        _gate = Judge(registry.Live.View);
    }

    /// <summary>The route for whatever nothing else matches.</summary>
    public ApiRoute Fallback { get; }

    /// <summary>The route for a cleaned path, or null; parameters are ranges of the path.</summary>
    public ApiRoute? Find(string path, string method, bool onPublicPort, out RouteParameters<Range> parameters)
    {
        parameters = default;
        return _root.Find(path, 1, method, onPublicPort ? Current().Public : Current().Enabled, ref parameters, 0);
    }

    /// <summary>Whether the API's allow and deny lists leave the fallback in place.</summary>
    public bool HasFallback()
    {
        var enabled = Current().Enabled;
        for (var index = 0; index < enabled.Length; index++)
        {
            if (_routes[index].IsFallback)
            {
                return enabled[index];
            }
        }

        return false;
    }

    private static bool Matches(ApiRoute route, IEnumerable<ApiRule> rules) => rules.Any(rule =>
    {
        var key = $"{rule.Version}/{rule.Name}";
        return key == $"{route.GroupVersion}/{route.Group}" || $"{route.Version}/{route.Template}".StartsWith(key, StringComparison.Ordinal);
    });

    // Views are immutable, so one verdict holds until the next commit. A race only judges twice.
    private Gate Current()
    {
        var view = _registry.Live.View;
        var gate = Volatile.Read(ref _gate);
        if (!ReferenceEquals(gate.View, view))
        {
            gate = Judge(view);
            Volatile.Write(ref _gate, gate);
        }

        return gate;
    }

    private Gate Judge(LiveView view)
    {
        var allowed = OfHttp(view.Configuration.AllowedApis);
        var denied = OfHttp(view.Configuration.DeniedApis);
        bool[] enabled = [.. _routes.Select(route =>
            route.IsHealthCheck || (!Matches(route, denied) && (allowed.Count == 0 || Matches(route, allowed))))];
        return new Gate(view, enabled, [.. _routes.Select((route, index) => route.IsPublic && enabled[index])]);
    }

    private static List<ApiRule> OfHttp(IReadOnlyList<ApiRule>? rules) =>
        [.. (rules ?? []).Where(rule => rule.Protocol.Equals("http", StringComparison.OrdinalIgnoreCase))];

    private sealed record Gate(LiveView View, bool[] Enabled, bool[] Public);
}
