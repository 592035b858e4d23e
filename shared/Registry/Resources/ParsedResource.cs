namespace Serverless.Components.Registry.Resources;

/// <summary>A resource with the two members that decide whether this app loads it.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Namespace"><c>metadata.namespace</c>, or null.</param>
/// <param name="Scopes"><c>scopes</c>; empty means every app.</param>
internal sealed record ParsedResource(Resource Resource, string? Namespace = null, IReadOnlyList<string>? Scopes = null)
{
    /// <summary>Whether the resource is meant for this app.</summary>
    public bool IsFor(string appId, string ownNamespace) =>
        (Scopes is not { Count: > 0 } || Scopes.Contains(appId))
        && (ownNamespace.Length == 0 || string.IsNullOrEmpty(Namespace) || Namespace == ownNamespace);
}
