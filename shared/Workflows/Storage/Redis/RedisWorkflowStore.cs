using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Cluster;
using Serverless.Components.Clients.Redis.Protocol;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <summary>Keeps workflows in Redis.</summary>
/// <remarks>
/// Every change is one script over the keys of one instance and of its bucket's indexes, which share a hash tag: in a cluster too an instance and the queue
/// of its work change together, and no index can lag behind. A cluster has several buckets, so that all primaries have their share; looking for work
/// asks each. The client repeats no script whose fate is unknown: the caller gets an exception and may ask again, and what was made is recognised, a
/// commit by its version, a creation and a message by id, the rest by the owner that the item has. Durable is what the server keeps: with
/// <c>appendfsync always</c> it is on disk when the call returns.
/// </remarks>
internal sealed partial class RedisWorkflowStore : IWorkflowStore
{
    // Enough for some dozens of primaries to have their share; it can't be changed for instances that are there.
    private const int ClusterBuckets = 64;

    private readonly ComponentContext _context;
    private readonly RedisOptions _options;
    private readonly RedisWorkflowBucket[] _buckets;
    private RedisClient? _client;

    /// <summary>Reads the metadata of <c>state.redis</c>.</summary>
    /// <exception cref="ComponentException">It is not usable.</exception>
    public RedisWorkflowStore(ComponentContext context, string appId)
    {
        _context = context;
        var binder = context.Metadata.Bind();
        _options = RedisSettings.Read(binder, context);
        binder.ThrowIfFaulty();
        var count = _options.Topology == RedisTopology.Cluster ? ClusterBuckets : 1;
        _buckets = [.. Enumerable.Range(0, count).Select(number => new RedisWorkflowBucket(appId, number))];
        _mended = [.. Enumerable.Repeat("", count)];
    }

    /// <inheritdoc/>
    public TimeSpan PollInterval => TimeSpan.FromSeconds(_buckets.Length > 1 ? 1 : 0.5);

    private RedisClient Client => _client ?? throw new InvalidOperationException("the store is not initialised");

    /// <inheritdoc/>
    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        _client = RedisClient.Create(_options);
        try
        {
            // Once and first: on the way to a connection a token that can't be had is asked for several times.
            _ = _options.Credentials is { } credentials ? await credentials(cancellationToken) : null;
            await _client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Ping), cancellationToken);
            await WarnOfEvictionAsync(cancellationToken);
        }
        catch (RedisException fault)
        {
            throw new WorkflowStoreException(
                $"component '{_context.Name}': redis workflow store: error connecting to redis at {string.Join(',', _options.Endpoints)}: {fault.Message}", fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_client?.DisposeAsync() ?? ValueTask.CompletedTask);
        _options.Tokens?.Dispose();
    }

    private RedisWorkflowBucket BucketOf(string instanceId) => _buckets.Length == 1 ? _buckets[0] : _buckets[RedisKeySlot.Of(instanceId) % _buckets.Length];

    private RedisCommand Run(RedisScript script, string instanceId, params RedisArgument[] arguments) =>
        RedisCommand.Run(script, BucketOf(instanceId).KeysOf(instanceId), arguments);

    private async ValueTask<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await Client.ExecuteAsync(command, cancellationToken);
        }
        catch (RedisException fault)
        {
            throw Trouble(fault);
        }
    }

    private T Parse<T>(RedisReply reply, RedisReplyReader<T> read)
    {
        try
        {
            var reader = reply.Read();
            return read(ref reader);
        }
        catch (RespException fault)
        {
            throw Trouble(fault);
        }
    }

    private WorkflowStoreException Trouble(Exception fault) => new($"component '{_context.Name}': redis workflow store: {fault.Message}", fault);

    // What is evicted is lost; no key has an expiry, so the policies for such keys do no harm.
    private async Task WarnOfEvictionAsync(CancellationToken cancellationToken)
    {
        try
        {
            var info = (await Client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Info, "memory"), cancellationToken)).ToText() ?? "";
            if (info.Contains("maxmemory_policy:allkeys", StringComparison.Ordinal) && !info.Contains("maxmemory:0\r", StringComparison.Ordinal))
            {
                LogEviction(_context.Logger, _context.Name);
            }
        }
        catch (RedisServerException)
        {
            // Who may not ask is not warned.
        }
    }

    [LoggerMessage(LogLevel.Warning, "component '{name}': redis removes any key when its memory is full (maxmemory-policy allkeys-…): workflows can be lost; use noeviction")]
    private static partial void LogEviction(ILogger logger, string name);
}
