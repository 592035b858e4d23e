using Microsoft.Extensions.Logging;

namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>Asking the cluster for its map.</summary>
internal sealed partial class RedisClusterClient
{
    // Many commands find out at the same time that something changed.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(250);

    private readonly RedisInquiry _inquiry;
    private IReadOnlyList<RedisEndpoint> _members = [];
    private RedisEndpoint? _trusted;
    private RedisEndpoint? _doubted;
    private Task _refreshing = Task.CompletedTask;
    private long? _refreshedAt;

    // Never ends with a connection: it loads the map, and the commands that waited for that go to their nodes.
    private async ValueTask<RedisEndpoint> EnterAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        throw new RedisConnectionException("the cluster's nodes are known");
    }

    private void RequestRefresh(RedisClusterNode? trusted = null, RedisClusterNode? doubted = null)
    {
        lock (_gate)
        {
            _trusted = trusted?.Endpoint ?? _trusted;
            _doubted = doubted?.Endpoint ?? _doubted;
            if (!_isDisposed && _refreshing.IsCompleted)
            {
                _refreshing = Task.Run(RefreshAsync);
            }
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            if (_refreshedAt is { } last && ShortestInterval - Options.Time.GetElapsedTime(last) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, Options.Time, _stop.Token);
            }

            using var timeout = new CancellationTokenSource(Options.ConnectTimeout, Options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            await LoadAsync(either.Token);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // Closed.
        }
        catch (RedisException fault)
        {
            LogNotRefreshed(fault.Message);
        }

        _refreshedAt = Options.Time.GetTimestamp();
    }

    private async Task LoadAsync(CancellationToken cancellationToken) =>
        Adopt(await _inquiry.AskAsync(Informants(), RedisSlotMap.Read, cancellationToken));

    // Who sent us elsewhere knows more than others; who is away or says that the cluster is down knows least.
    private IReadOnlyList<RedisEndpoint> Informants()
    {
        lock (_gate)
        {
            var (trusted, doubted) = (_trusted, _doubted);
            _trusted = _doubted = null;
            var all = _members.Concat(Options.Endpoints);
            return [.. (trusted is { } first ? all.Prepend(first) : all).Distinct().OrderBy(one => one == trusted ? 0 : one == doubted ? 2 : 1)];
        }
    }

    [LoggerMessage(LogLevel.Debug, "redis: cluster map from {source}: {ranges} ranges of slots on {primaries} primaries")]
    private partial void LogAdopted(RedisEndpoint source, int ranges, int primaries);

    [LoggerMessage(LogLevel.Information, "redis: node {endpoint} serves no part of the cluster any more")]
    private partial void LogRetired(RedisEndpoint endpoint);

    [LoggerMessage(LogLevel.Warning, "redis: the cluster's map could not be renewed, will be tried again: {reason}")]
    private partial void LogNotRefreshed(string reason);
}
