namespace Serverless.Components.Registry.Resources;

/// <summary>One entry of <c>spec.api.allowed</c> or <c>spec.api.denied</c>.</summary>
/// <param name="Name">API group or route prefix, for example <c>state</c>.</param>
/// <param name="Version">API version, for example <c>v1</c> or <c>v1.0-alpha1</c>.</param>
/// <param name="Protocol"><c>http</c> or <c>grpc</c>.</param>
public sealed record ApiRule(string Name, string Version, string Protocol);
