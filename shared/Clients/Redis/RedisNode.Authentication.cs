using Microsoft.Extensions.Logging;

namespace Serverless.Components.Clients.Redis;

/// <summary>AUTH, and AUTH again before a token ends.</summary>
/// <remarks>Redis docs: commands/auth. A server ends or refuses a connection whose token has expired.</remarks>
internal sealed partial class RedisNode
{
    private static readonly TimeSpan LongestMargin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private DateTimeOffset? _expiresOn;
    private DateTimeOffset _renewAt = DateTimeOffset.MaxValue;
    private bool _isRenewing;

    private async Task AuthenticateAsync(RedisConnection connection, RedisCredentials credentials, CancellationToken cancellationToken)
    {
        await (credentials.Username.Length > 0
            ? AskAsync(connection, RedisCommandName.Auth, cancellationToken, credentials.Username, credentials.Password)
            : AskAsync(connection, RedisCommandName.Auth, cancellationToken, credentials.Password));
        PlanRenewal(credentials.ExpiresOn);
    }

    private async ValueTask<RedisCredentials> ObtainCredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _options.Credentials!(cancellationToken);
        }
        catch (Exception fault) when (fault is not RedisException && (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            throw new RedisConnectionException($"no credentials: {fault.Message}", fault);
        }
    }

    // A fifth of the time that is left is kept for further attempts.
    private void PlanRenewal(DateTimeOffset? expiresOn)
    {
        lock (_gate)
        {
            _expiresOn = expiresOn;
            _renewAt = DateTimeOffset.MaxValue;
            if (expiresOn is { } end)
            {
                var left = end - _options.Time.GetUtcNow();
                var margin = left / 5 < LongestMargin ? left / 5 : LongestMargin;
                _renewAt = end - (margin > TimeSpan.Zero ? margin : TimeSpan.Zero);
            }
        }
    }

    private void RenewWhenDue(RedisConnection connection)
    {
        lock (_gate)
        {
            var now = _options.Time.GetUtcNow();
            if (_isRenewing || _isDisposed || now < _renewAt)
            {
                return;
            }

            // If this attempt fails, the next one follows after a part of what is left.
            var left = (_expiresOn!.Value - now) / 5;
            _renewAt = now + (left > ShortestPause ? left : ShortestPause);
            _isRenewing = true;
            Track(Task.Run(() => RenewAsync(connection)));
        }
    }

    private async Task RenewAsync(RedisConnection connection)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            var credentials = await ObtainCredentialsAsync(either.Token);

            // A source that still hands out the old token is asked again later.
            if (credentials.ExpiresOn > _expiresOn || credentials.ExpiresOn is null)
            {
                await AuthenticateAsync(connection, credentials, either.Token);
                LogRenewed(connection.Endpoint);
            }
        }
        catch (RedisException fault)
        {
            LogNotRenewed(connection.Endpoint, fault.Message);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            LogNotRenewed(connection.Endpoint, "it took too long");
        }
        finally
        {
            lock (_gate)
            {
                _isRenewing = false;
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "redis: connection to {endpoint} authenticated again")]
    private partial void LogRenewed(RedisEndpoint endpoint);

    [LoggerMessage(LogLevel.Warning, "redis: connection to {endpoint} could not be authenticated again, will be tried once more: {reason}")]
    private partial void LogNotRenewed(RedisEndpoint endpoint, string reason);
}
