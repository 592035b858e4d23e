namespace Serverless.Components.Registry;

/// <summary>Reads one secret from a component that is a secret store; null when the secret does not exist.</summary>
/// <exception cref="ComponentException">The component is no secret store.</exception>
public delegate ValueTask<IReadOnlyDictionary<string, string>?> SecretLookup(IComponent store, string name, CancellationToken cancellationToken);
