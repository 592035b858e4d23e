namespace Serverless.Components.Registry;

/// <summary>A rule over all components of a block, for example that only one is the actor state store.</summary>
/// <param name="name">Name of the component about to go live.</param>
/// <param name="candidate">The component about to go live.</param>
/// <param name="others">The other live ones by name.</param>
/// <returns>The complaint, or null.</returns>
public delegate string? ComponentRule(string name, IComponent candidate, IEnumerable<KeyValuePair<string, IComponent>> others);
