using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Workflows.Storage.Redis;

/// <content>Work items.</content>
internal sealed partial class RedisWorkflowStore
{
    /// <inheritdoc/>
    public async ValueTask<ClaimResult> ClaimAsync(WorkClaim claim, CancellationToken cancellationToken)
    {
        var items = new List<WorkItem>();
        if (_buckets.Length == 1)
        {
            return new ClaimResult(items, await ClaimAsync(_buckets[0], claim, items, cancellationToken));
        }

        // Most buckets have nothing, which is seen from all at once.
        var peeks = await Task.WhenAll(_buckets.Select(bucket => PeekAsync(bucket, claim.Now, cancellationToken)));
        var next = peeks.Min(peek => peek.Next);
        var turnsRoom = claim.MostTurnsOfAll - peeks.Sum(peek => peek.OwnedTurns);
        var activitiesRoom = claim.MostActivitiesOfAll - peeks.Sum(peek => peek.OwnedActivities);
        var first = Random.Shared.Next(_buckets.Length);
        for (var i = 0; i < _buckets.Length; i++)
        {
            var number = (first + i) % _buckets.Length;
            var activities = items.Count(item => item.Kind == WorkKind.Activity);
            var turns = items.Count(item => item.Kind == WorkKind.Turn);
            var left = claim with
            {
                MostTurns = claim.MostTurns - items.Count + activities,
                MostActivities = claim.MostActivities - activities,
                MostTurnsOfAll = turnsRoom is null ? null : Math.Max(0, turnsRoom.Value - turns) + peeks[number].OwnedTurns,
                MostActivitiesOfAll = activitiesRoom is null ? null : Math.Max(0, activitiesRoom.Value - activities) + peeks[number].OwnedActivities,
            };
            if (peeks[number].Has(left))
            {
                await ClaimAsync(_buckets[number], left, items, cancellationToken);
            }
        }

        return new ClaimResult(items, next);
    }

    /// <inheritdoc/>
    public async ValueTask<WorkItem?> ClaimAsync(string instanceId, string workId, Guid owner, CancellationToken cancellationToken)
    {
        var command = Run(RedisWorkflowScripts.ClaimOne, instanceId, instanceId, workId, RedisWorkItem.Owner(owner));
        var reply = await ExecuteAsync(command, cancellationToken);
        return Parse(reply, (ref RespReader reader) => reader.ReadBulk() is { } value ? RedisWorkItem.Decode(instanceId, workId, value) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> CompleteAsync(WorkItem item, Guid owner, InboxMessage? result, CancellationToken cancellationToken)
    {
        var command = Run(
            RedisWorkflowScripts.Complete,
            item.InstanceId,
            item.InstanceId,
            item.WorkId,
            RedisWorkItem.Owner(owner),
            result?.Id ?? "",
            result?.ExecutionId ?? "",
            result is null ? ReadOnlyMemory<byte>.Empty : RedisWorkflowRecord.Body(result),
            RedisWorkItem.Time(_options.Time.GetUtcNow()));
        return (await ExecuteAsync(command, cancellationToken)).ToInteger() == 1;
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(WorkItem item, Guid owner, CancellationToken cancellationToken) =>
        await ExecuteAsync(
            Run(RedisWorkflowScripts.Release, item.InstanceId, item.InstanceId, item.WorkId, RedisWorkItem.Owner(owner), RedisWorkItem.Time(item.Due)),
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WorkItem>> FindOverdueAsync(DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var items = new List<WorkItem>();
        var first = Random.Shared.Next(_buckets.Length);
        for (var i = 0; i < _buckets.Length && items.Count < most; i++)
        {
            var bucket = _buckets[(first + i) % _buckets.Length];
            var command = RedisCommand.Run(
                RedisWorkflowScripts.FindOverdue, bucket.Indexes, bucket.Items, RedisWorkItem.Time(before), RedisWorkItem.Time(now), most - items.Count);
            Parse(await ExecuteAsync(command, cancellationToken), (ref RespReader reader) => RedisWorkItem.ReadAll(ref reader, items));
        }

        return items;
    }

    private async ValueTask<DateTimeOffset?> ClaimAsync(RedisWorkflowBucket bucket, WorkClaim claim, List<WorkItem> items, CancellationToken cancellationToken)
    {
        var command = RedisCommand.Run(
            RedisWorkflowScripts.Claim,
            bucket.Indexes,
            bucket.Items,
            RedisWorkItem.Owner(claim.Owner),
            RedisWorkItem.Time(claim.Now),
            claim.MostTurns,
            claim.MostActivities,
            Limit(claim.MostTurnsOfAll),
            Limit(claim.MostActivitiesOfAll));
        var reply = await ExecuteAsync(command, cancellationToken);
        return Parse(reply, (ref RespReader reader) =>
        {
            reader.ReadArray();
            RedisWorkItem.ReadAll(ref reader, items);
            return RedisWorkItem.ReadTime(reader.ReadBulk().GetValueOrDefault().Span);
        });
    }

    private async Task<RedisQueuePeek> PeekAsync(RedisWorkflowBucket bucket, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reply = await ExecuteAsync(RedisCommand.Run(RedisWorkflowScripts.Peek, bucket.Indexes, bucket.Items, RedisWorkItem.Time(now)), cancellationToken);
        return Parse(reply, RedisQueuePeek.Read);
    }

    private static RedisArgument Limit(int? most) => most is { } limit ? limit : "";
}
