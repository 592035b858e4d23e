namespace Serverless.Backends.Kubernetes;

/// <summary>A request that was received.</summary>
/// <param name="Protocol">Such as <c>HTTP/2</c>.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Token">The bearer token, or null.</param>
/// <param name="Status">The answer's status.</param>
public sealed record KubernetesRequest(string Protocol, string Target, string? Token, int Status);
