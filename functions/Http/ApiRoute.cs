namespace Serverless.Functions.Http;

/// <summary>One endpoint of the API.</summary>
internal sealed class ApiRoute
{
    /// <summary>Declares an endpoint.</summary>
    /// <param name="group">Dapr's API group, the name in allow and deny lists.</param>
    /// <param name="version">First path segment, for example <c>v1.0-alpha1</c>; empty when there is none.</param>
    /// <param name="methods">Methods joined by <c>|</c>; <c>*</c> stands for any.</param>
    /// <param name="template">The rest of the path; <c>{name}</c> is one segment, <c>{*name}</c> at the end is all that follows.</param>
    /// <param name="name">Dapr's name of the endpoint, for logs that must not show paths.</param>
    /// <param name="handler">Answers the call.</param>
    public ApiRoute(string group, string version, string methods, string template, string name, ApiHandler handler)
    {
        Group = group;
        Version = version;
        Methods = methods.Split('|');
        Template = template;
        Name = name;
        Handler = handler;
        Segments = Path.TrimStart('/').Split('/');
        Parameters = [.. Segments.Where(segment => segment[0] == '{').Select(segment => segment.Trim('{', '*', '}'))];
        if (Parameters.Length > RouteParameters<string>.Capacity)
        {
            throw new InvalidOperationException($"route '{Path}' has more than {RouteParameters<string>.Capacity} parameters");
        }
    }

    public string Group { get; }

    public string Version { get; }

    public IReadOnlyList<string> Methods { get; }

    public string Template { get; }

    public string Name { get; }

    public ApiHandler Handler { get; }

    public string[] Segments { get; }

    /// <summary>Names of the parameters, in order.</summary>
    public string[] Parameters { get; }

    /// <summary>Also served on the public port.</summary>
    public bool IsPublic { get; init; }

    /// <summary>Answers whatever no other route matches.</summary>
    public bool IsFallback { get; init; }

    /// <summary>A health probe: never denied by a Configuration, and left out of API logs on request.</summary>
    public bool IsHealthCheck => Group == "healthz";

    public string Path => Version.Length == 0 ? $"/{Template}" : $"/{Version}/{Template}";

    /// <summary>Group version as allow and deny lists write it: <c>v1.0-alpha1</c> is <c>v1alpha1</c>.</summary>
    public string GroupVersion => Version.Replace(".0", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    public override string ToString() => $"{string.Join('|', Methods)} {Path}";
}
