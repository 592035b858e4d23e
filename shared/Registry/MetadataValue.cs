namespace Serverless.Components.Registry;

/// <summary>One resolved metadata item of a component.</summary>
/// <param name="Name">The item's name as written.</param>
/// <param name="Value">Its text; non-string YAML scalars and structures are their JSON text.</param>
/// <param name="SecretName">Name of the secret the value came from (<c>secretKeyRef.name</c>), or null.</param>
public sealed record MetadataValue(string Name, string Value, string? SecretName = null)
{
    /// <summary>The item without its value, which may be a secret.</summary>
    public override string ToString() => Name;
}
