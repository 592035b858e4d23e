using System.Collections.Concurrent;
using Azure.Core;

namespace Serverless.Tests.Clients.AzureKeyVault;

/// <summary>Gives one token, and keeps what it was asked for.</summary>
internal sealed class VaultCredential(string token) : TokenCredential
{
    private readonly ConcurrentQueue<TokenRequestContext> _asked = new();

    public IReadOnlyList<string> Scopes => [.. _asked.Select(context => string.Join(' ', context.Scopes))];

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        _asked.Enqueue(requestContext);
        return new AccessToken(token, DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
