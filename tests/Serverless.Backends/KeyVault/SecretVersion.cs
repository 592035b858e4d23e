namespace Serverless.Backends.KeyVault;

/// <summary>A version of a secret.</summary>
internal sealed class SecretVersion(string name, string version, string? value, VaultAttributes attributes) : VaultVersion(name, version, attributes)
{
    /// <summary>Its text; null where the certificate's key may not leave the vault.</summary>
    public string? Value => value;

    public string? ContentType { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"secret {Name}/{Version}";
}
