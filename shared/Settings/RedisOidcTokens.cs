using Serverless.Components.Clients.Oidc;
using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Settings;

/// <summary>Tokens of an identity provider, for a user that the component names or else the default one.</summary>
internal sealed class RedisOidcTokens(OidcOptions options, string username, TimeProvider time) : RedisTokens
{
    // A provider need not tell how long its tokens last (RFC 6749, section 5.1).
    private static readonly TimeSpan UnknownLifetime = TimeSpan.FromSeconds(30);
    private readonly Lazy<OidcTokenSource> _source = new(() => new OidcTokenSource(options, time));

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_source.IsValueCreated)
        {
            _source.Value.Dispose();
        }

        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async ValueTask<RedisCredentials> FetchAsync(CancellationToken cancellationToken)
    {
        var token = await _source.Value.GetTokenAsync(cancellationToken);
        var now = time.GetUtcNow();
        return new RedisCredentials(username, token.Value, token.ExpiresOn > now ? token.ExpiresOn : now + UnknownLifetime);
    }

    /// <inheritdoc/>
    protected override bool IsExplained(Exception fault) => fault is OidcTokenException;
}
