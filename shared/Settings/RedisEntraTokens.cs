using Azure.Core;
using Azure.Identity;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Settings;

/// <summary>Tokens of Microsoft Entra; the ACL user is the identity's object id.</summary>
/// <remarks>Microsoft docs: azure/redis/entra-for-authentication. Nobody is asked before the first token.</remarks>
internal sealed class RedisEntraTokens(Func<TokenCredential> create) : RedisTokens
{
    // In every cloud, as in daprd.
    private static readonly string[] Scopes = ["https://redis.azure.com/.default"];
    private readonly Lazy<TokenCredential> _credential = new(create);

    /// <inheritdoc/>
    protected override async ValueTask<RedisCredentials> FetchAsync(CancellationToken cancellationToken)
    {
        var token = await _credential.Value.GetTokenAsync(new TokenRequestContext(Scopes), cancellationToken);
        return new RedisCredentials(JwtClaims.ReadObjectId(token.Token), token.Token, token.ExpiresOn);
    }

    /// <inheritdoc/>
    protected override bool IsExplained(Exception fault) => fault is AuthenticationFailedException or FormatException;
}
