namespace Serverless.Functions.Http;

/// <summary>One position in the tree of routes: literal children first, then the parameter, then the rest of the path.</summary>
internal sealed class RouteNode
{
    private readonly Dictionary<string, RouteNode> _literals = new(StringComparer.Ordinal);
    private readonly List<RouteTarget> _targets = [];
    private RouteNode? _parameter;
    private RouteNode? _rest;

    /// <summary>Adds a route; two routes for one method and shape can't both be reached, which is an error.</summary>
    public void Add(ApiRoute route, int index)
    {
        var node = this;
        foreach (var segment in route.Segments)
        {
            node = node.Child(segment);
        }

        foreach (var method in route.Methods)
        {
            if (node._targets.Find(target => target.Method == method) is { } other)
            {
                throw new InvalidOperationException($"route '{route}' can't be reached: '{other.Route}' matches the same requests");
            }

            node._targets.Add(new RouteTarget(method, index, route));
        }
    }

    /// <summary>Finds the enabled route for a cleaned path; captures the still encoded parameters as ranges of the path.</summary>
    public ApiRoute? Find(ReadOnlySpan<char> path, int start, string method, ReadOnlySpan<bool> enabled, ref RouteParameters<Range> captures, int captured)
    {
        if (start > path.Length)
        {
            return Own(method, enabled);
        }

        var length = path[start..].IndexOf('/');
        var end = length < 0 ? path.Length : start + length;
        if (_literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path[start..end], out var literal)
            && literal.Find(path, end + 1, method, enabled, ref captures, captured) is { } exact)
        {
            return exact;
        }

        if (_parameter is not null && end > start)
        {
            captures[captured] = start..end;
            if (_parameter.Find(path, end + 1, method, enabled, ref captures, captured + 1) is { } found)
            {
                return found;
            }
        }

        if (_rest is not null)
        {
            captures[captured] = start..path.Length;
        }

        return _rest?.Own(method, enabled);
    }

    private ApiRoute? Own(string method, ReadOnlySpan<bool> enabled)
    {
        foreach (var target in _targets)
        {
            if (enabled[target.Index] && (target.Method == method || target.Method == "*"))
            {
                return target.Route;
            }
        }

        return null;
    }

    private RouteNode Child(string segment)
    {
        if (segment.StartsWith("{*", StringComparison.Ordinal))
        {
            return _rest ??= new RouteNode();
        }

        if (segment[0] == '{')
        {
            return _parameter ??= new RouteNode();
        }

        if (!_literals.TryGetValue(segment, out var child))
        {
            _literals[segment] = child = new RouteNode();
        }

        return child;
    }
}
