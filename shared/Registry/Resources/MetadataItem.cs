namespace Serverless.Components.Registry.Resources;

/// <summary>One item of a component's <c>spec.metadata</c> as written: a value, a secret reference or an environment reference.</summary>
public sealed record MetadataItem
{
    /// <summary>The item's name.</summary>
    public required string Name { get; init; }

    /// <summary>The plain value; non-strings are their JSON text. Null when a reference is given instead.</summary>
    public string? Value { get; init; }

    /// <summary><c>secretKeyRef.name</c>, or null.</summary>
    public string? SecretName { get; init; }

    /// <summary><c>secretKeyRef.key</c>; the secret's name when it was left out.</summary>
    public string? SecretKey { get; init; }

    /// <summary><c>envRef</c>, or null.</summary>
    public string? EnvironmentVariable { get; init; }
}
