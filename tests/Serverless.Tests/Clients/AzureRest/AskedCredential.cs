using Azure.Core;

namespace Serverless.Tests.Clients.AzureRest;

/// <summary>Gives one token and remembers what it was asked for.</summary>
internal sealed class AskedCredential(string token) : TokenCredential
{
    private readonly HashSet<string> _scopes = [];

    public IReadOnlyCollection<string> Scopes => _scopes;

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        _scopes.UnionWith(requestContext.Scopes);
        return new ValueTask<AccessToken>(new AccessToken(token, TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1)));
    }
}
