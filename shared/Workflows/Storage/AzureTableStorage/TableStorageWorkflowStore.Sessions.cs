using System.Collections.Concurrent;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>Sessions, whose rows stand in a partition of their own.</content>
internal sealed partial class TableStorageWorkflowStore
{
    // A process that does not know yet that its session has ended may still take something; it is looked at once more.
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Guid, string> _sessions = new();

    /// <inheritdoc/>
    public async ValueTask<bool> KeepSessionAsync(WorkerSession session, bool isNew, CancellationToken cancellationToken)
    {
        var key = SessionKey(session.Id);
        if (isNew)
        {
            TableProperty[] properties = [new("Worker", session.Worker), new("ExpiresAt", session.ExpiresAt.UtcTicks), new("Ended", false)];
            var opened = await _table.ChangeAsync(TableOperation.InsertOrReplace(new TableEntity(key, properties)), cancellationToken);
            _sessions[session.Id] = opened.ETag!;
            return true;
        }

        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (!_sessions.TryGetValue(session.Id, out var etag))
            {
                var row = await _table.GetAsync(key, cancellationToken);
                if (row is null || row.Flag("Ended"))
                {
                    return false;
                }

                etag = row.ETag!;
            }

            var kept = await _table.ChangeAsync(TableOperation.Merge(new TableEntity(key, [new("ExpiresAt", session.ExpiresAt.UtcTicks)]), TableCondition.ETag(etag)), cancellationToken);
            if (kept.Outcome == TableOutcome.Done)
            {
                _sessions[session.Id] = kept.ETag!;
                return true;
            }

            _sessions.TryRemove(session.Id, out _);
        }

        throw Contended(session.Worker);
    }

    /// <inheritdoc/>
    public async ValueTask EndSessionAsync(Guid session, CancellationToken cancellationToken)
    {
        _sessions.TryRemove(session, out _);
        var key = SessionKey(session);
        var ended = TableOperation.Merge(new TableEntity(key, [new("Ended", true), new("EndedAt", 0L)]), TableCondition.Exists);
        if ((await _table.ChangeAsync(ended, cancellationToken)).Outcome == TableOutcome.Done)
        {
            await FreeAsync(session, cancellationToken);
            await _table.ChangeAsync(TableOperation.Delete(key, TableCondition.Exists), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ExpireSessionsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var expired = 0;
        foreach (var row in await _table.ListAsync(TableFilter.Partition(_keys.Sessions), cancellationToken))
        {
            var session = Guid.ParseExact(row.Key.RowKey, "D");
            if (!row.Flag("Ended") && row.Time("ExpiresAt") < now)
            {
                var ended = TableOperation.Merge(new TableEntity(row.Key, [new("Ended", true), new("EndedAt", now.UtcTicks)]), TableCondition.ETag(row.ETag));
                if ((await _table.ChangeAsync(ended, cancellationToken)).Outcome == TableOutcome.Done)
                {
                    expired++;
                    await FreeAsync(session, cancellationToken);
                }
            }
            else if (row.Flag("Ended") && row.Time("EndedAt") + SecondLook < now)
            {
                await FreeAsync(session, cancellationToken);
                await _table.ChangeAsync(TableOperation.Delete(row.Key, TableCondition.ETag(row.ETag)), cancellationToken);
            }
        }

        return expired;
    }

    private TableKey SessionKey(Guid session) => new(_keys.Sessions, session.ToString("D"));

    /// <summary>Frees all items of a session. They can be anywhere in the app's part of the table, which the service looks through.</summary>
    private async ValueTask FreeAsync(Guid session, CancellationToken cancellationToken)
    {
        var rows = await _table.ListAsync(_keys.Instances.And(TableFilter.Where("Owner", "eq", session)), cancellationToken, WorkflowWorkRow.Brief);

        // A commit is about to take these; if it died, the repair frees them.
        var recent = _time.GetUtcNow() - Untouched;
        rows.RemoveAll(row => row.Flag("Aside") && row.Timestamp > recent);
        await FreeAsync(rows, cancellationToken);
    }

    private async ValueTask FreeAsync(IReadOnlyCollection<TableEntity> rows, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(rows.GroupBy(row => row.Key.PartitionKey), options, async (group, token) =>
        {
            try
            {
                await _table.ChangeLooselyAsync(group.Select(row => WorkflowWorkRow.Own(row.Key, Guid.Empty, row.ETag)), token);
            }
            finally
            {
                // Without an answer they may be free all the same; who finds one that is not removes what told of it.
                await _index.PutReadyAsync(group.Select(row => WorkflowWorkRow.Item(row, null)));
            }
        });
    }
}
