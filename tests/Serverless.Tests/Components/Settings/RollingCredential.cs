using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Core;
using Serverless.Backends.TokenServers;

namespace Serverless.Tests.Components.Settings;

/// <summary>Issues a token for another identity each time the last one has five minutes left, as Azure.Identity does.</summary>
internal sealed class RollingCredential(TimeProvider time, Func<IssuedToken, CancellationToken, Task> admit) : TokenCredential, IDisposable
{
    private static readonly RSA Key = RSA.Create(2048);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile IssuedToken? _last;

    /// <summary>What the next requests fail with.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    /// <summary>The token that was issued last.</summary>
    public IssuedToken Last => _last!;

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Assert.Equal(["https://redis.azure.com/.default"], requestContext.Scopes);
        if (Faults.TryDequeue(out var fault))
        {
            throw fault;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is null || _last.ExpiresOn - TimeSpan.FromMinutes(5) <= time.GetUtcNow())
            {
                var objectId = Guid.NewGuid().ToString();
                var token = new IssuedToken(objectId, SignedToken.Create(new JsonObject { ["oid"] = objectId }, Key), time.GetUtcNow().AddHours(1));
                await admit(token, cancellationToken);
                _last = token;
            }

            return new AccessToken(_last.Value, _last.ExpiresOn);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
