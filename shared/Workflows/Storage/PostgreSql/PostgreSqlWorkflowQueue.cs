using Npgsql;

namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>The statements on free work of all instances, and on sessions.</summary>
internal sealed class PostgreSqlWorkflowQueue(PostgreSqlWorkflowTables tables)
{
    private const string Columns = "i.id, w.id, w.kind, w.name, w.due, w.content";

    // $1 app, $2 now, $3 most turns, $4 most activities, $5 who asks.
    private readonly string _claim = $"""
        WITH turns AS ({Free(tables, "NOT w.is_activity", "$3")}),
        activities AS ({Free(tables, "w.is_activity", "$4")})
        {Give(tables)}
        """;

    // $6 most turns of all, $7 most activities of all. Others that claim so wait, so that what is counted stays so.
    private readonly string _limitedClaim = $"""
        WITH turns AS ({Free(tables, $"NOT w.is_activity AND w.kind = {(int)WorkKind.Turn}", Room(tables, WorkKind.Turn, "$3", "$6"))}),
        others AS ({Free(tables, $"NOT w.is_activity AND w.kind <> {(int)WorkKind.Turn}", "$3")}),
        activities AS ({Free(tables, "w.is_activity", Room(tables, WorkKind.Activity, "$4", "$7"))})
        {Give(tables, $"(SELECT * FROM (SELECT * FROM turns UNION ALL SELECT * FROM others) AS b ORDER BY due LIMIT $3)")}
        """;

    private readonly string _next = $"""
        SELECT least(
          (SELECT min(due) FROM {tables.Work} WHERE app = $1 AND is_activity AND due > $2 AND owner IS NULL),
          (SELECT min(due) FROM {tables.Work} WHERE app = $1 AND NOT is_activity AND due > $2 AND owner IS NULL))
        """;

    private readonly string _overdue = $"""
        WITH late AS (
          SELECT instance, id FROM {tables.Work}
          WHERE app = $1 AND is_activity IN (false, true) AND due < $2 AND owner IS NULL AND (told IS NULL OR told < $2) ORDER BY due LIMIT $4 FOR UPDATE SKIP LOCKED)
        UPDATE {tables.Work} AS w SET told = $3 FROM late, {tables.Instances} AS i
        WHERE w.instance = late.instance AND w.id = late.id AND i.number = w.instance RETURNING {Columns}
        """;

    private readonly string _open = $"""
        INSERT INTO {tables.Sessions} (app, id, worker, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (app, id) DO UPDATE SET worker = excluded.worker, expires_at = excluded.expires_at
        """;

    private readonly string _keep = $"UPDATE {tables.Sessions} SET worker = $3, expires_at = $4 WHERE app = $1 AND id = $2";

    private readonly string _end = $"DELETE FROM {tables.Sessions} WHERE app = $1 AND id = $2";

    private readonly string _expire = $"DELETE FROM {tables.Sessions} WHERE app = $1 AND expires_at < $2";

    // Every owner is looked up once, however many items it has. That also finds what a session took while it was being ended.
    private readonly string _free = $"""
        WITH RECURSIVE owners AS (
          (SELECT owner FROM {tables.Work} WHERE app = $1 AND owner IS NOT NULL ORDER BY owner LIMIT 1)
          UNION ALL SELECT (SELECT w.owner FROM {tables.Work} AS w WHERE w.app = $1 AND w.owner > o.owner ORDER BY w.owner LIMIT 1) FROM owners AS o WHERE o.owner IS NOT NULL)
        UPDATE {tables.Work} SET owner = NULL WHERE app = $1 AND owner IN (
          SELECT o.owner FROM owners AS o WHERE o.owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {tables.Sessions} AS s WHERE s.app = $1 AND s.id = o.owner))
        """;

    public async Task<ClaimResult> ClaimAsync(NpgsqlConnection connection, WorkClaim claim, CancellationToken cancellationToken)
    {
        var isLimited = claim.MostTurnsOfAll is not null || claim.MostActivitiesOfAll is not null;
        await using var batch = new NpgsqlBatch(connection);
        if (isLimited)
        {
            Add(batch, "SELECT pg_advisory_xact_lock(hashtext($1), $2::int)").Text(tables.Work).Long(tables.App);
        }

        var parameters = Add(batch, isLimited ? _limitedClaim : _claim).Long(tables.App).Time(claim.Now).Long(claim.MostTurns).Long(claim.MostActivities).Session(claim.Owner);
        if (isLimited)
        {
            parameters.Long(claim.MostTurnsOfAll ?? int.MaxValue).Long(claim.MostActivitiesOfAll ?? int.MaxValue);
        }

        Add(batch, _next).Long(tables.App).Time(claim.Now);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (isLimited)
        {
            await reader.NextResultAsync(cancellationToken);
        }

        var items = await ReadItemsAsync(reader, claim.Owner, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ClaimResult(items, await reader.IsDBNullAsync(0, cancellationToken) ? null : new DateTimeOffset(reader.GetInt64(0), TimeSpan.Zero));
    }

    public async Task<IReadOnlyList<WorkItem>> FindOverdueAsync(NpgsqlConnection connection, DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_overdue, connection);
        command.Parameters.Long(tables.App).Time(before).Time(now).Long(most);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadItemsAsync(reader, null, cancellationToken);
    }

    public async Task<bool> KeepSessionAsync(NpgsqlConnection connection, WorkerSession session, bool isNew, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(isNew ? _open : _keep, connection);
        command.Parameters.Long(tables.App).Session(session.Id).Text(session.Worker).Time(session.ExpiresAt);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task<bool> EndSessionAsync(NpgsqlConnection connection, Guid session, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, _end).Long(tables.App).Session(session);
        Add(batch, _free).Long(tables.App);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }

    public async Task<int> ExpireSessionsAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, _expire).Long(tables.App).Time(now);
        Add(batch, _free).Long(tables.App);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return (int)batch.BatchCommands[0].RecordsAffected;
    }

    private static string Free(PostgreSqlWorkflowTables tables, string condition, string most) =>
        $"SELECT w.instance, w.id, w.due FROM {tables.Work} AS w WHERE w.app = $1 AND {condition} AND w.due <= $2 AND w.owner IS NULL ORDER BY w.due LIMIT {most} FOR UPDATE SKIP LOCKED";

    private static string Give(PostgreSqlWorkflowTables tables, string turns = "(SELECT * FROM turns)") => $"""
        UPDATE {tables.Work} AS w SET owner = $5 FROM ({turns} UNION ALL SELECT * FROM activities) AS d, {tables.Instances} AS i
        WHERE w.instance = d.instance AND w.id = d.id AND i.number = w.instance AND EXISTS (SELECT 1 FROM {tables.Sessions} WHERE app = $1 AND id = $5)
        RETURNING {Columns}
        """;

    private static string Room(PostgreSqlWorkflowTables tables, WorkKind kind, string most, string ofAll) =>
        $"greatest(0, least({most}, {ofAll} - (SELECT count(*) FROM {tables.Work} WHERE app = $1 AND owner IS NOT NULL AND kind = {(int)kind})))";

    private static NpgsqlParameterCollection Add(NpgsqlBatch batch, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        batch.BatchCommands.Add(command);
        return command.Parameters;
    }

    private static async Task<List<WorkItem>> ReadItemsAsync(NpgsqlDataReader reader, Guid? owner, CancellationToken cancellationToken)
    {
        List<WorkItem> items = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            items.Add(new WorkItem
            {
                InstanceId = reader.GetString(0),
                WorkId = reader.GetString(1),
                Kind = (WorkKind)reader.GetInt16(2),
                Name = reader.GetString(3),
                Due = new DateTimeOffset(reader.GetInt64(4), TimeSpan.Zero),
                Owner = owner,
                Content = await reader.GetFieldValueAsync<byte[]>(5, cancellationToken),
            });
        }

        // An update returns them in an order of its own.
        items.Sort(static (one, other) => one.Due.CompareTo(other.Due));
        return items;
    }
}
