namespace Serverless.Backends.KeyVault;

/// <summary>A version of a secret.</summary>
internal sealed class SecretVersion(string name, string version, string value, VaultAttributes attributes) : VaultVersion(name, version, attributes)
{
    public string Value => value;

    public string? ContentType { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"secret {Name}/{Version}";
}
