namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>What a vault calls an object by: <c>https://{vault}/{kind}/{name}/{version}</c>.</summary>
/// <param name="Kind"><c>keys</c>, <c>secrets</c> or <c>certificates</c>.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Version">32 hexadecimal digits, or null when the whole object is meant.</param>
internal sealed record KeyVaultId(string Kind, string Name, string? Version)
{
    /// <summary>Takes an id apart.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static KeyVaultId Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var id)
            && id.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var kind, var name, .. { Length: < 2 } version]
            ? new KeyVaultId(kind, name, version is [var only] ? only : null)
            : throw new FormatException("the id names no object of a vault");
}
