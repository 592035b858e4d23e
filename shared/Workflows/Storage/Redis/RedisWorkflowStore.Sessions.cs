using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Sessions. Each bucket knows them all, because its scripts look at no other.</content>
internal sealed partial class RedisWorkflowStore
{
    // A script keeps everyone else waiting.
    private const int MostFreedAtOnce = 1000;

    /// <inheritdoc/>
    public async ValueTask<bool> KeepSessionAsync(WorkerSession session, bool isNew, CancellationToken cancellationToken)
    {
        var kept = await Task.WhenAll(_buckets.Select(bucket => KeepAsync(bucket)));
        return kept.All(isAlive => isAlive);

        async Task<bool> KeepAsync(RedisWorkflowBucket bucket)
        {
            var command = RedisCommand.Run(
                RedisWorkflowScripts.KeepSession,
                bucket.Indexes,
                RedisWorkItem.Owner(session.Id),
                RedisWorkItem.Time(session.ExpiresAt),
                session.Worker,
                isNew ? 1 : 0);
            return (await ExecuteAsync(command, cancellationToken)).ToInteger() == 1;
        }
    }

    /// <inheritdoc/>
    public async ValueTask EndSessionAsync(Guid session, CancellationToken cancellationToken) =>
        await Task.WhenAll(_buckets.Select(bucket => EndSessionsAsync(bucket, RedisWorkItem.Owner(session), default, cancellationToken)));

    /// <inheritdoc/>
    public async ValueTask<int> ExpireSessionsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAll(_buckets.Select(bucket => EndSessionsAsync(bucket, "", now, cancellationToken)));
        return ended.SelectMany(sessions => sessions).Distinct(StringComparer.Ordinal).Count();
    }

    private async Task<List<string>> EndSessionsAsync(RedisWorkflowBucket bucket, string session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = new List<string>();
        for (var hasMore = true; hasMore;)
        {
            var command = RedisCommand.Run(
                RedisWorkflowScripts.EndSessions, bucket.Indexes, bucket.Items, session, RedisWorkItem.Time(now), MostFreedAtOnce);
            hasMore = Parse(await ExecuteAsync(command, cancellationToken), (ref RespReader reader) =>
            {
                reader.ReadArray();
                for (var count = reader.ReadArray(); count > 0; count--)
                {
                    ended.Add(reader.ReadText()!);
                }

                return reader.ReadInteger() == 1;
            });
        }

        return ended;
    }
}
