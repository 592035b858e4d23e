using System.Text.RegularExpressions;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Where a vault is, and what its objects can be called.</summary>
/// <remarks>Microsoft docs: key-vault/general/about-keys-secrets-certificates, sections "DNS suffixes" and "Vault name and object name".</remarks>
internal static partial class KeyVaultAddress
{
    /// <summary>The address of a vault in one of Azure's clouds.</summary>
    /// <exception cref="FormatException">No vault can have that name.</exception>
    public static Uri Default(string name, string suffix) => VaultName().IsMatch(name)
        ? new Uri($"https://{name}.{suffix}")
        : throw new FormatException("a vault's name has 3 to 24 letters, digits and hyphens");

    /// <summary>Reads an address that is given as a whole.</summary>
    /// <exception cref="FormatException">It is not https, or has more than a host and a port.</exception>
    public static Uri Parse(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps
            && address.PathAndQuery == "/" && address.Fragment.Length == 0 && address.UserInfo.Length == 0
            ? address
            : throw new FormatException("an https address without path and query is needed");

    /// <summary>Checks a name of a secret, key or certificate.</summary>
    /// <exception cref="FormatException">No object can have it.</exception>
    public static string CheckName(string name) =>
        ObjectName().IsMatch(name) ? name : throw new FormatException($"'{name}' can't be a name in Key Vault: 1 to 127 letters, digits and hyphens");

    /// <summary>Checks a version of an object.</summary>
    /// <exception cref="FormatException">No object can have it.</exception>
    public static string CheckVersion(string version) =>
        ObjectVersion().IsMatch(version) ? version : throw new FormatException($"'{version}' can't be a version in Key Vault: 32 hexadecimal digits");

    [GeneratedRegex(@"^[0-9a-zA-Z-]{3,24}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VaultName();

    [GeneratedRegex(@"^[0-9a-zA-Z-]{1,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"^[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectVersion();
}
