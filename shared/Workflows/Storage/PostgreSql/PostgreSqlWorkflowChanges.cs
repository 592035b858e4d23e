using Npgsql;
using NpgsqlTypes;

namespace Serverless.Components.Workflows.Storage.PostgreSql;

/// <summary>Calls the functions that change an instance.</summary>
internal sealed class PostgreSqlWorkflowChanges(PostgreSqlWorkflowTables tables, TimeProvider time)
{
    private readonly string _create = Call(tables.Function("create"), 16);
    private readonly string _append = Call(tables.Function("append"), 7);
    private readonly string _commit = Call(tables.Function("commit"), 23);
    private readonly string _complete = Call(tables.Function("complete"), 8);
    private readonly string _purge = Call(tables.Function("purge"), 3);

    private readonly string _claim = $"""
        WITH i AS (SELECT number FROM {tables.Instances} WHERE app = $1 AND id = $2)
        UPDATE {tables.Work} AS w SET owner = $4 FROM i
        WHERE w.instance = i.number AND w.id = $3 AND (w.owner = $4 OR w.owner IS NULL) AND EXISTS (SELECT 1 FROM {tables.Sessions} WHERE app = $1 AND id = $4)
        RETURNING w.kind, w.name, w.due, w.content
        """;

    private readonly string _release = $"""
        UPDATE {tables.Work} SET owner = NULL, due = $5, told = NULL
        WHERE instance = (SELECT number FROM {tables.Instances} WHERE app = $1 AND id = $2) AND id = $3 AND owner = $4
        """;

    public async Task<CreateOutcome> CreateAsync(NpgsqlConnection connection, NewWorkflow workflow, CancellationToken cancellationToken)
    {
        var record = workflow.Record;
        await using var command = new NpgsqlCommand(_create, connection);
        command.Parameters.Long(tables.App).Text(record.InstanceId).Text(record.Name).Text(record.ExecutionId).Long(record.Version).Short((int)record.Status)
            .Time(record.CreatedAt).Time(record.UpdatedAt).Bytes(record.Start).Bytes(record.Outcome)
            .Text(workflow.First.Id).TextOrNull(workflow.First.ExecutionId).Bytes(workflow.First.Event).Session(workflow.Owner).Time(workflow.Due)
            .Array<string>([.. workflow.KeptPayloads], NpgsqlDbType.Text);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))! ? CreateOutcome.Created : CreateOutcome.IsActive;
    }

    public async Task<AppendOutcome> AppendAsync(NpgsqlConnection connection, string instanceId, InboxMessage message, Guid? owner, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_append, connection);
        command.Parameters.Long(tables.App).Text(instanceId).Text(message.Id).TextOrNull(message.ExecutionId).Bytes(message.Event).Session(owner).Time(time.GetUtcNow());
        return (int)(await command.ExecuteScalarAsync(cancellationToken))! switch
        {
            0 => AppendOutcome.NotFound,
            1 => AppendOutcome.Dropped,
            2 => AppendOutcome.Appended,
            _ => AppendOutcome.Owned,
        };
    }

    /// <summary>Commits a turn. Asked again it finds its own version and is a conflict.</summary>
    public async Task<CommitResult> CommitAsync(NpgsqlConnection connection, TurnCommit turn, CancellationToken cancellationToken)
    {
        var record = turn.Record;
        var work = new PostgreSqlWorkflowItems(turn.NewWork);
        await using var command = new NpgsqlCommand(_commit, connection);
        command.Parameters.Long(tables.App).Text(record.InstanceId).Text(turn.ExpectedExecutionId).Text(record.Name).Text(record.ExecutionId).Long(record.Version)
            .Short((int)record.Status).Time(record.UpdatedAt).Bytes(record.Outcome).BytesOrNull(turn.ReplacesHistory ? record.Start : (ReadOnlyMemory<byte>?)null).Truth(turn.Ends)
            .Session(turn.Owner).Time(time.GetUtcNow())
            .Array(Chunks(turn.History), NpgsqlDbType.Bytea)
            .Array<string>([.. turn.Consumed], NpgsqlDbType.Text)
            .Array(Ids(turn.CompletedWork), NpgsqlDbType.Text)
            .Array<string>([.. turn.CancelledWork], NpgsqlDbType.Text)
            .Array(work.Ids, NpgsqlDbType.Text)
            .Array(work.Kinds, NpgsqlDbType.Smallint)
            .Array(work.Names, NpgsqlDbType.Text)
            .Array(work.Dues, NpgsqlDbType.Bigint)
            .Array(work.Owners, NpgsqlDbType.Uuid)
            .Array(work.Contents, NpgsqlDbType.Bytea);
        try
        {
            return (int)(await command.ExecuteScalarAsync(cancellationToken))! switch
            {
                0 => new CommitResult(CommitOutcome.Conflict),
                1 => new CommitResult(CommitOutcome.Committed),
                _ => new CommitResult(CommitOutcome.Committed, HasMore: true),
            };
        }
        catch (PostgresException lost) when (lost.SqlState == PostgreSqlWorkflowFunctions.WorkLost)
        {
            return new CommitResult(CommitOutcome.WorkLost);
        }
    }

    public async Task<bool> CompleteAsync(NpgsqlConnection connection, WorkItem item, Guid owner, InboxMessage? result, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_complete, connection);
        command.Parameters.Long(tables.App).Text(item.InstanceId).Text(item.WorkId).Session(owner)
            .TextOrNull(result?.Id).TextOrNull(result?.ExecutionId).BytesOrNull(result?.Event).Time(time.GetUtcNow());
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<bool> PurgeAsync(NpgsqlConnection connection, string instanceId, long version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_purge, connection);
        command.Parameters.Long(tables.App).Text(instanceId).Long(version);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<WorkItem?> ClaimAsync(NpgsqlConnection connection, string instanceId, string workId, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_claim, connection);
        command.Parameters.Long(tables.App).Text(instanceId).Text(workId).Session(owner);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new WorkItem
            {
                InstanceId = instanceId,
                WorkId = workId,
                Kind = (WorkKind)reader.GetInt16(0),
                Name = reader.GetString(1),
                Due = new DateTimeOffset(reader.GetInt64(2), TimeSpan.Zero),
                Owner = owner,
                Content = await reader.GetFieldValueAsync<byte[]>(3, cancellationToken),
            }
            : null;
    }

    public async Task<bool> ReleaseAsync(NpgsqlConnection connection, WorkItem item, Guid owner, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_release, connection);
        command.Parameters.Long(tables.App).Text(item.InstanceId).Text(item.WorkId).Session(owner).Time(item.Due);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static string Call(string function, int parameters) => $"SELECT {function}({string.Join(", ", Enumerable.Range(1, parameters).Select(number => $"${number}"))})";

    private static byte[][] Chunks(IReadOnlyList<ReadOnlyMemory<byte>> history)
    {
        var chunks = new byte[history.Count][];
        for (var i = 0; i < chunks.Length; i++)
        {
            chunks[i] = history[i].ToArray();
        }

        return chunks;
    }

    private static string[] Ids(IReadOnlyList<WorkItem> items)
    {
        var ids = new string[items.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = items[i].WorkId;
        }

        return ids;
    }
}
