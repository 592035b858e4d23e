using System.Collections.Concurrent;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>Work is given out, given back, and looked for.</content>
internal sealed partial class TableStorageWorkflowStore
{
    // An item that was perhaps taken in a call that failed; the next call that meets it hands it out.
    private readonly ConcurrentDictionary<TableKey, Guid> _inDoubt = new();

    /// <inheritdoc/>
    public async ValueTask<WorkItem?> ClaimAsync(string instanceId, string workId, Guid owner, CancellationToken cancellationToken)
    {
        var key = _keys.WorkRow(instanceId, workId);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var row = await _table.GetAsync(key, cancellationToken);
            if (row is null || (row.Guid("Owner") != Guid.Empty && row.Guid("Owner") != owner))
            {
                return null;
            }

            if (row.Guid("Owner") == owner || await TryOwnAsync(row, owner, cancellationToken))
            {
                return WorkflowWorkRow.Item(row, owner);
            }
        }

        throw Contended(instanceId);
    }

    /// <inheritdoc/>
    public async ValueTask<ClaimResult> ClaimAsync(WorkClaim claim, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var room = new ClaimRoom(
            claim,
            await RoomAsync(WorkKind.Turn, claim.MostTurns > 0 ? claim.MostTurnsOfAll : null, cancellationToken),
            await RoomAsync(WorkKind.Activity, claim.MostActivities > 0 ? claim.MostActivitiesOfAll : null, cancellationToken));
        await _index.FlushAsync();
        List<WorkItem> items = [];
        DateTimeOffset? nextDue = null;
        for (var isOver = false; !isOver && !room.Wish.IsNone;)
        {
            (isOver, nextDue) = await ClaimAsync(claim, room, items, cancellationToken);
        }

        return new ClaimResult(items, nextDue);
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(WorkItem item, Guid owner, CancellationToken cancellationToken)
    {
        var key = _keys.WorkRow(item.InstanceId, item.WorkId);
        var memory = _known.Of(item.InstanceId);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var etag = memory.ETagOf(item.WorkId, owner);
            if (etag is null)
            {
                var row = await _table.GetAsync(key, cancellationToken);
                if (row is null || row.Guid("Owner") != owner)
                {
                    return;
                }

                etag = row.ETag!;
            }

            var release = TableOperation.Merge(new TableEntity(key, [new("Owner", Guid.Empty), new("Due", item.Due.UtcTicks)]), TableCondition.ETag(etag));
            TableResult result;
            try
            {
                result = await _table.ChangeAsync(release, cancellationToken);
            }
            catch
            {
                // It may be free all the same.
                memory.DoubtWork(item.WorkId);
                await _index.PutReadyAsync([item]);
                throw;
            }

            if (result.Outcome == TableOutcome.Done)
            {
                LearnOwner(item.InstanceId, item.WorkId, item.Kind, etag, result.ETag!, Guid.Empty);
                await _index.PutReadyAsync([item]);
                return;
            }

            memory.DoubtWork(item.WorkId);
        }

        throw Contended(item.InstanceId);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WorkItem>> FindOverdueAsync(DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        await _index.FlushAsync();
        List<WorkItem> items = [];
        await foreach (var page in _table.QueryAsync(new TableQuery(_keys.Ready), cancellationToken))
        {
            var overdue = page.TakeWhile(row => row.Time("Due") < before).ToList();
            foreach (var chunk in overdue.Where(row => !row.TryGet("Told", out _) || row.Time("Told") < before).Chunk(RequestsAtOnce))
            {
                var found = await Task.WhenAll(chunk.Take(most - items.Count).Select(row => TellAsync(row, now, cancellationToken)));
                items.AddRange(found.OfType<WorkItem>());
            }

            if (overdue.Count < page.Count || items.Count >= most)
            {
                break;
            }
        }

        return items;
    }

    /// <summary>Reads the index as far as needed; not over when there is room for only some of what was read.</summary>
    private async ValueTask<(bool IsOver, DateTimeOffset? NextDue)> ClaimAsync(WorkClaim claim, ClaimRoom room, List<WorkItem> items, CancellationToken cancellationToken)
    {
        var wish = room.Wish;
        var filter = wish.IsActivity is { } isActivity ? _keys.Ready.And(TableFilter.Where("IsActivity", "eq", isActivity)) : _keys.Ready;
        var query = new TableQuery(filter) { PageSize = (int)Math.Clamp((long)claim.MostTurns + claim.MostActivities + 1, 1, TableLimits.PageSize) };
        await foreach (var page in _table.QueryAsync(query, cancellationToken))
        {
            var due = page.TakeWhile(row => row.Time("Due") <= claim.Now).ToList();
            var wanted = due.FindAll(room.TryTake);
            var taken = await TakeAsync(wanted, claim.Owner, cancellationToken);
            items.AddRange(wanted.Select(row => taken.GetValueOrDefault(row.Key)).OfType<WorkItem>());
            wanted.FindAll(row => !taken.ContainsKey(row.Key)).ForEach(room.Return);
            if (due.Count < page.Count)
            {
                return (true, page[due.Count].Time("Due"));
            }

            if (room.Wish != wish)
            {
                return (false, null);
            }
        }

        return (true, null);
    }

    /// <summary>Takes items that the index tells of; several of one instance in one transaction.</summary>
    private async ValueTask<IReadOnlyDictionary<TableKey, WorkItem>> TakeAsync(List<TableEntity> wanted, Guid owner, CancellationToken cancellationToken)
    {
        ConcurrentDictionary<TableKey, WorkItem> taken = new();
        List<(TableKey, string?)> done = [];
        WorkflowStoreException? failure = null;
        var options = new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(wanted.GroupBy(row => row.Text("Instance")), options, async (group, token) =>
        {
            try
            {
                var ended = await TakeAsync(group.Key, [.. group], owner, taken, token);
                lock (done)
                {
                    done.AddRange(ended);
                }
            }
            catch (WorkflowStoreException fault)
            {
                failure = fault;
            }
        });
        _index.Remove(done);
        return failure is null || !taken.IsEmpty ? taken : throw failure;
    }

    /// <returns>The rows of the index that tell of nothing any more.</returns>
    private async ValueTask<List<(TableKey, string?)>> TakeAsync(
        string instanceId, List<TableEntity> wanted, Guid owner, ConcurrentDictionary<TableKey, WorkItem> taken, CancellationToken cancellationToken)
    {
        var rows = wanted.Count == 1
            ? [await _table.GetAsync(_keys.WorkRow(instanceId, wanted[0].Text("Work")), cancellationToken)]
            : (IReadOnlyList<TableEntity?>)await _table.ListAsync(_keys.Rows(instanceId, WorkflowTableKeys.Turn, WorkflowTableKeys.Work + '~'), cancellationToken);
        List<(TableKey, string?)> ended = [];
        List<(TableEntity Index, TableEntity Row)> free = [];
        foreach (var index in wanted)
        {
            var row = rows.FirstOrDefault(row => row?.Text("Work") == index.Text("Work") && row.Key.RowKey != WorkflowTableKeys.Meta);
            if (row is not null && row.Guid("Owner") == Guid.Empty && row.Time("Due") == index.Time("Due"))
            {
                free.Add((index, row));
            }
            else
            {
                ended.Add((index.Key, index.ETag));
                if (row is not null && row.Guid("Owner") == owner && _inDoubt.TryRemove(row.Key, out var doubtful) && doubtful == owner)
                {
                    taken[index.Key] = WorkflowWorkRow.Item(row, owner);
                }
            }
        }

        foreach (var chunk in free.Chunk(TableLimits.BatchOperations))
        {
            foreach (var (index, row) in await OwnAsync([.. chunk], owner, cancellationToken))
            {
                taken[index.Key] = WorkflowWorkRow.Item(row, owner);
                ended.Add((index.Key, index.ETag));
            }
        }

        return ended;
    }

    // Those that others took first are left out.
    private async ValueTask<List<(TableEntity Index, TableEntity Row)>> OwnAsync(List<(TableEntity Index, TableEntity Row)> free, Guid owner, CancellationToken cancellationToken)
    {
        while (free.Count > 0)
        {
            var batch = new TableBatch();
            free.ForEach(item => batch.Add(WorkflowWorkRow.Own(item.Row.Key, owner, item.Row.ETag)));
            try
            {
                var result = await _table.ChangeAsync(batch, cancellationToken);
                if (result.Outcome == TableOutcome.Done)
                {
                    for (var at = 0; at < free.Count; at++)
                    {
                        LearnOwner(free[at].Row, result.ETags[at]!, owner);
                    }

                    break;
                }

                free.RemoveAt(result.Failed);
            }
            catch (WorkflowStoreException)
            {
                free.ForEach(item => _inDoubt[item.Row.Key] = owner);
                throw;
            }
        }

        return free;
    }

    private async ValueTask<bool> TryOwnAsync(TableEntity row, Guid owner, CancellationToken cancellationToken)
    {
        var result = await _table.ChangeAsync(WorkflowWorkRow.Own(row.Key, owner, row.ETag), cancellationToken);
        if (result.Outcome != TableOutcome.Done)
        {
            return false;
        }

        LearnOwner(row, result.ETag!, owner);
        _index.Remove([(_keys.ReadyRow(row.Text("Instance"), row.Text("Work"), row.Time("Due")), null)]);
        return true;
    }

    private void LearnOwner(TableEntity row, string etag, Guid owner) => LearnOwner(row.Text("Instance"), row.Text("Work"), (WorkKind)row.Int32("Kind"), row.ETag!, etag, owner);

    private void LearnOwner(string instanceId, string workId, WorkKind kind, string? from, string to, Guid owner)
    {
        if (workId == WorkItem.TurnId)
        {
            _known.Of(instanceId).LearnTurn(from, to, owner);
        }
        else
        {
            _known.Of(instanceId).LearnWork(workId, new KnownWork(to, owner, kind));
        }
    }

    private async Task<WorkItem?> TellAsync(TableEntity index, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await _table.GetAsync(_keys.WorkRow(index.Text("Instance"), index.Text("Work")), cancellationToken);
        if (row is null || row.Guid("Owner") != Guid.Empty || row.Time("Due") != index.Time("Due"))
        {
            _index.Remove([(index.Key, index.ETag)]);
            return null;
        }

        var told = TableOperation.Merge(new TableEntity(index.Key, [new("Told", now.UtcTicks)]), TableCondition.ETag(index.ETag));
        return (await _table.ChangeAsync(told, cancellationToken)).Outcome == TableOutcome.Done ? WorkflowWorkRow.Item(row, null) : null;
    }

    /// <summary>How many items more all sessions together may have. Two that ask at once may both be told of the same room.</summary>
    private async ValueTask<int> RoomAsync(WorkKind kind, int? most, CancellationToken cancellationToken)
    {
        if (most is not { } limit)
        {
            return int.MaxValue;
        }

        var filter = _keys.Instances.And(TableFilter.Where("Pending", "eq", true)).And(TableFilter.Where("Kind", "eq", (int)kind)).And(TableFilter.Where("Owner", "ne", Guid.Empty));
        return Math.Max(0, limit - (await _table.ListAsync(filter, cancellationToken, "RowKey")).Count);
    }
}
