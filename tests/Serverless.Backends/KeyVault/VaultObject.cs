namespace Serverless.Backends.KeyVault;

/// <summary>A name with its versions, the latest last, whether it is there or deleted.</summary>
internal sealed class VaultObject<T>(string name)
    where T : VaultVersion
{
    public string Name => name;

    public List<T> Versions { get; } = [];

    public T Latest => Versions[^1];

    /// <summary>When its deletion or recovery is seen.</summary>
    public DateTimeOffset SettledAt { get; set; }

    public DateTimeOffset DeletedAt { get; set; }
}
