using Serverless.Components.Clients.Redis;

namespace Serverless.Components.Settings;

/// <summary>What AUTH sends when it is an identity's access token; whoever read the settings disposes it, after the client.</summary>
internal abstract class RedisTokens : IDisposable
{
    /// <summary>The token at hand, or a new one when that is about to end.</summary>
    /// <exception cref="RedisConnectionException">There is none; the message says why, without any secret.</exception>
    public async ValueTask<RedisCredentials> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await FetchAsync(cancellationToken);
        }
        catch (OperationCanceledException fault) when (cancellationToken.IsCancellationRequested)
        {
            throw new RedisConnectionException("no token: no answer in time", fault);
        }
        catch (Exception fault) when (fault is not RedisException)
        {
            // Whatever a library lets out must end the commands that wait for the connection. Its text may hold a secret, and logs
            // show inner exceptions.
            throw IsExplained(fault)
                ? new RedisConnectionException($"no token: {fault.Message}", fault)
                : new RedisConnectionException($"no token: {fault.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Asks whoever issues the tokens.</summary>
    protected abstract ValueTask<RedisCredentials> FetchAsync(CancellationToken cancellationToken);

    /// <summary>True when the message of a fault is fit for the user.</summary>
    protected abstract bool IsExplained(Exception fault);
}
