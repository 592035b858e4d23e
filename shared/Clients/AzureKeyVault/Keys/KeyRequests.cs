using Azure.Core;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault.Keys;

/// <summary>The requests of <see cref="KeyVaultKeyClient"/>.</summary>
/// <remarks>Microsoft docs: rest/api/keyvault/keys. To sign changes nothing; a key created twice has one version too many.</remarks>
internal sealed class KeyRequests(KeyVaultRestClient client)
{
    public HttpMessage CreateGetMessage(string name, string? version) => client.CreateMessage(RequestMethod.Get, RepeatRule.Freely, Path(name, version));

    public HttpMessage CreateVersionsMessage(string name) => client.CreateMessage(RequestMethod.Get, RepeatRule.Freely, $"{Path(name, null)}/versions");

    public HttpMessage CreateCreateMessage(string name, KeyCreation creation) =>
        client.CreateMessage(RequestMethod.Post, RepeatRule.IfNotExecuted, $"{Path(name, null)}/create", creation, KeyVaultJson.Default.KeyCreation);

    public HttpMessage CreateSignMessage(string name, string version, KeySignatureAlgorithm algorithm, byte[] digest)
    {
        CheckDigest(algorithm, digest);
        return client.CreateMessage(
            RequestMethod.Post, RepeatRule.Freely, $"{Path(name, version)}/sign", new KeySignRequest(algorithm.Name, digest), KeyVaultJson.Default.KeySignRequest);
    }

    public HttpMessage CreateVerifyMessage(string name, string version, KeySignatureAlgorithm algorithm, byte[] digest, byte[] signature)
    {
        CheckDigest(algorithm, digest);
        var body = new KeyVerifyRequest(algorithm.Name, digest, signature);
        return client.CreateMessage(RequestMethod.Post, RepeatRule.Freely, $"{Path(name, version)}/verify", body, KeyVaultJson.Default.KeyVerifyRequest);
    }

    // What is signed is the digest and not the text; the length tells them apart.
    private static void CheckDigest(KeySignatureAlgorithm algorithm, byte[] digest)
    {
        if (digest.Length != algorithm.DigestLength)
        {
            throw new ArgumentException($"{algorithm.Name} signs a digest of {algorithm.DigestLength} bytes, not of {digest.Length}", nameof(digest));
        }
    }

    private static string Path(string name, string? version) =>
        version is null ? $"/keys/{KeyVaultAddress.CheckName(name)}" : $"/keys/{KeyVaultAddress.CheckName(name)}/{KeyVaultAddress.CheckVersion(version)}";
}
