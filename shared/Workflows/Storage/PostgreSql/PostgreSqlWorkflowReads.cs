using Npgsql;
using NpgsqlTypes;

namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>The statements that read instances, and those on payloads. Each is one statement, so that it sees one state of all tables.</summary>
internal sealed class PostgreSqlWorkflowReads(PostgreSqlWorkflowTables tables, TimeProvider time)
{
    private const string Columns = "i.id, i.name, i.execution, i.version, i.status, i.created_at, i.updated_at, i.start, i.outcome";

    private readonly string _find = $"SELECT {Columns} FROM {tables.Instances} AS i WHERE i.app = $1 AND i.id = $2";

    private readonly string _load = $"""
        SELECT {Columns}, k.version IS NULL,
          ARRAY(SELECT h.events FROM {tables.History} AS h WHERE h.instance = i.number AND h.version > coalesce(k.version, 0) ORDER BY h.version, h.chunk),
          {Waiting(tables, "id")}, {Waiting(tables, "execution")}, {Waiting(tables, "event")}
        FROM {tables.Instances} AS i
        LEFT JOIN (VALUES ($3::text, $4::bigint)) AS k (execution, version) ON k.version > 0 AND k.execution = i.execution AND k.version <= i.version
        WHERE i.app = $1 AND i.id = $2
        """;

    private readonly string _list = $"""
        SELECT {Columns}, i.number FROM {tables.Instances} AS i
        WHERE i.app = $1 AND i.created_at >= $2 AND i.created_at < $3 AND (i.created_at, i.number) < ($4, $5)
          AND (cardinality($6) = 0 OR i.status = ANY ($6)) AND ($7::text IS NULL OR i.name = $7)
        ORDER BY i.created_at DESC, i.number DESC LIMIT $8
        """;

    private readonly string _put = $"""
        INSERT INTO {tables.Payloads} (app, instance, key, payload, loose_since)
        VALUES ($1, $2, $3, $4, CASE WHEN EXISTS (SELECT 1 FROM {tables.Instances} WHERE app = $1 AND id = $2) THEN NULL ELSE $5 END)
        ON CONFLICT (app, instance, key) DO UPDATE SET payload = excluded.payload
        """;

    private readonly string _get = $"SELECT payload FROM {tables.Payloads} WHERE app = $1 AND instance = $2 AND key = $3";

    private readonly string _trim = $"DELETE FROM {tables.Payloads} WHERE app = $1 AND instance = $2 AND left(key, length($3)) = $3 AND NOT key = ANY ($4)";

    private readonly string _removeLoose = $"""
        DELETE FROM {tables.Payloads} AS p
        WHERE app = $1 AND loose_since < $2 AND NOT EXISTS (SELECT 1 FROM {tables.Instances} AS i WHERE i.app = $1 AND i.id = p.instance)
        """;

    private readonly string _settleLoose = $"UPDATE {tables.Payloads} SET loose_since = NULL WHERE app = $1 AND loose_since < $2";

    public async Task<WorkflowRecord?> FindAsync(NpgsqlConnection connection, string instanceId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_find, connection);
        command.Parameters.Long(tables.App).Text(instanceId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? await ReadRecordAsync(reader, cancellationToken) : null;
    }

    public async Task<LoadedWorkflow?> LoadAsync(NpgsqlConnection connection, string instanceId, KnownVersion known, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_load, connection);
        command.Parameters.Long(tables.App).Text(instanceId).Text(known.ExecutionId).Long(known.Version);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var chunks = await reader.GetFieldValueAsync<byte[][]>(10, cancellationToken);
        var history = new ReadOnlyMemory<byte>[chunks.Length];
        for (var i = 0; i < chunks.Length; i++)
        {
            history[i] = chunks[i];
        }

        var ids = await reader.GetFieldValueAsync<string[]>(11, cancellationToken);
        var executions = await reader.GetFieldValueAsync<string?[]>(12, cancellationToken);
        var events = await reader.GetFieldValueAsync<byte[][]>(13, cancellationToken);
        var inbox = new InboxMessage[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            inbox[i] = new InboxMessage(ids[i], executions[i], events[i]);
        }

        return new LoadedWorkflow(await ReadRecordAsync(reader, cancellationToken), reader.GetBoolean(9), history, inbox);
    }

    public async Task<WorkflowPage> ListAsync(NpgsqlConnection connection, WorkflowFilter filter, WorkflowListPlace from, CancellationToken cancellationToken)
    {
        var before = Math.Min(filter.CreatedBefore?.UtcTicks ?? long.MaxValue, from.CreatedBefore);
        await using var command = new NpgsqlCommand(_list, connection);
        command.Parameters.Long(tables.App).Long(filter.CreatedFrom?.UtcTicks ?? 0).Long(before).Long(from.CreatedAt).Long(from.Number)
            .Array<short>([.. filter.Statuses.Select(status => (short)status)], NpgsqlDbType.Smallint).TextOrNull(filter.Name).Long(filter.PageSize + 1L);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<WorkflowRecord> records = [];
        WorkflowListPlace? place = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (records.Count == filter.PageSize)
            {
                return new WorkflowPage(records, place?.ToString());
            }

            records.Add(await ReadRecordAsync(reader, cancellationToken));
            place = new WorkflowListPlace(reader.GetInt64(5), reader.GetInt64(9));
        }

        return new WorkflowPage(records, null);
    }

    public async Task<bool> PutPayloadAsync(NpgsqlConnection connection, string instanceId, string key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_put, connection);
        command.Parameters.Long(tables.App).Text(instanceId).Text(key).Bytes(payload).Time(time.GetUtcNow());
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task<byte[]?> GetPayloadAsync(NpgsqlConnection connection, string instanceId, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_get, connection);
        command.Parameters.Long(tables.App).Text(instanceId).Text(key);
        return (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
    }

    public async Task<bool> TrimPayloadsAsync(
        NpgsqlConnection connection, string instanceId, string prefix, IReadOnlyCollection<string> keep, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_trim, connection);
        command.Parameters.Long(tables.App).Text(instanceId).Text(prefix).Array<string>([.. keep], NpgsqlDbType.Text);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>Removes payloads from before a time whose instance was never created.</summary>
    public async Task<bool> RemoveLooseAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var sql in new[] { _removeLoose, _settleLoose })
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.Long(tables.App).Time(before);
            batch.BatchCommands.Add(command);
        }

        return await batch.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static string Waiting(PostgreSqlWorkflowTables tables, string column) =>
        $"ARRAY(SELECT b.{column} FROM {tables.Inbox} AS b WHERE b.instance = i.number ORDER BY b.number LIMIT {LoadedWorkflow.MostMessages})";

    private static async Task<WorkflowRecord> ReadRecordAsync(NpgsqlDataReader reader, CancellationToken cancellationToken) => new()
    {
        InstanceId = reader.GetString(0),
        Name = reader.GetString(1),
        ExecutionId = reader.GetString(2),
        Version = reader.GetInt64(3),
        Status = (WorkflowRuntimeStatus)reader.GetInt16(4),
        CreatedAt = new DateTimeOffset(reader.GetInt64(5), TimeSpan.Zero),
        UpdatedAt = new DateTimeOffset(reader.GetInt64(6), TimeSpan.Zero),
        Start = await reader.GetFieldValueAsync<byte[]>(7, cancellationToken),
        Outcome = await reader.GetFieldValueAsync<byte[]>(8, cancellationToken),
    };
}
