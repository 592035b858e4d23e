namespace Serverless.Functions.Http;

/// <summary>A route at its place in the tree of routes, for one method.</summary>
/// <param name="Method">The method; <c>*</c> stands for any.</param>
/// <param name="Index">Position of the route in the route table.</param>
/// <param name="Route">The route.</param>
internal sealed record RouteTarget(string Method, int Index, ApiRoute Route);
