using Azure.Core;
using Azure.Identity;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Gives tokens for the cloud's Key Vault only, whatever resource a vault's challenge asks for.</summary>
/// <remarks>Else a server that is no vault could ask for tokens that open other services.</remarks>
internal sealed class KeyVaultCredential(KeyVaultOptions options) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        options.Credential.GetToken(Check(requestContext), cancellationToken);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        options.Credential.GetTokenAsync(Check(requestContext), cancellationToken);

    private TokenRequestContext Check(TokenRequestContext requestContext) => requestContext.Scopes is [var scope] && scope == options.Scope
        ? requestContext
        : throw new AuthenticationFailedException($"the vault asks for a token of {string.Join(' ', requestContext.Scopes)}; it gets none but {options.Scope}");
}
