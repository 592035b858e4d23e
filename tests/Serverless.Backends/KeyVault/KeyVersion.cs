namespace Serverless.Backends.KeyVault;

/// <summary>A version of a key.</summary>
internal sealed class KeyVersion(string name, string version, VaultKey key, VaultAttributes attributes) : VaultVersion(name, version, attributes)
{
    public VaultKey Key => key;

    /// <summary>What it may be used for, in the words of JSON Web Keys.</summary>
    public IReadOnlyList<string> Operations { get; set; } = key.AllOperations;
}
