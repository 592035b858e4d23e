using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The statements on instances and their history.</summary>
internal sealed class SqliteWorkflowInstances(SqliteWorkflowTables tables)
{
    private readonly string _head = $"SELECT number, version, execution, status, name, created_by FROM {tables.Instances} WHERE app = ?1 AND id = ?2";

    private readonly string _record = $"""
        SELECT i.number, i.id, i.name, i.execution, i.version, i.status, i.created_at, i.updated_at, i.outcome, h.events
        FROM {tables.Instances} AS i LEFT JOIN {tables.History} AS h ON h.instance = i.number AND h.version = 0 AND h.chunk = 0
        WHERE i.app = ?1 AND i.id = ?2
        """;

    private readonly string _list = $"""
        SELECT i.number, i.id, i.name, i.execution, i.version, i.status, i.created_at, i.updated_at, i.outcome, h.events
        FROM {tables.Instances} AS i LEFT JOIN {tables.History} AS h ON h.instance = i.number AND h.version = 0 AND h.chunk = 0
        WHERE i.app = ?1 AND i.created_at >= ?2 AND i.created_at < ?3 AND (i.created_at, i.number) < (?4, ?5)
          AND (?6 = 0 OR ((1 << i.status) & ?6) <> 0) AND (?7 IS NULL OR i.name = ?7)
        ORDER BY i.created_at DESC, i.number DESC LIMIT ?8
        """;

    private readonly string _insert = $"""
        INSERT INTO {tables.Instances} (name, execution, version, status, created_at, updated_at, created_by, outcome, app, id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """;

    private readonly string _replace = $"""
        UPDATE {tables.Instances} SET name = ?1, execution = ?2, version = ?3, status = ?4, created_at = ?5, updated_at = ?6, created_by = ?7, outcome = ?8
        WHERE number = ?9
        """;

    private readonly string _advance = $"UPDATE {tables.Instances} SET name = ?1, execution = ?2, version = ?3, status = ?4, updated_at = ?5, outcome = ?6 WHERE number = ?7";

    private readonly string _remove = $"DELETE FROM {tables.Instances} WHERE number = ?1";

    private readonly string _history = $"SELECT events FROM {tables.History} WHERE instance = ?1 AND version > ?2 ORDER BY version, chunk";

    private readonly string _append = $"INSERT INTO {tables.History} (instance, version, chunk, events) VALUES (?1, ?2, ?3, ?4)";

    private readonly string _forget = $"DELETE FROM {tables.History} WHERE instance = ?1";

    public SqliteWorkflowHead? Find(SqliteConnection connection, string instanceId)
    {
        using var statement = connection.Prepare(_head);
        statement.Bind(1, tables.App);
        statement.Bind(2, instanceId);
        return statement.Step()
            ? new SqliteWorkflowHead(statement.Int64(0), statement.Int64(1), statement.Text(2), (WorkflowRuntimeStatus)statement.Int64(3), statement.Text(4), statement.Text(5))
            : null;
    }

    /// <summary>Reads an instance with its number.</summary>
    public (long Number, WorkflowRecord Record)? Read(SqliteConnection connection, string instanceId)
    {
        using var statement = connection.Prepare(_record);
        statement.Bind(1, tables.App);
        statement.Bind(2, instanceId);
        return statement.Step() ? (statement.Int64(0), ReadRecord(statement)) : null;
    }

    /// <summary>Reads the history that came after a version; version 0 gives all of it.</summary>
    public List<ReadOnlyMemory<byte>> ReadHistory(SqliteConnection connection, long number, long after)
    {
        using var statement = connection.Prepare(_history);
        statement.Bind(1, number);
        statement.Bind(2, after);
        List<ReadOnlyMemory<byte>> chunks = [];
        while (statement.Step())
        {
            chunks.Add(statement.Blob(0).ToArray());
        }

        return chunks;
    }

    /// <summary>Reads at most so many instances, the newest first, each with its number.</summary>
    public List<(long Number, WorkflowRecord Record)> List(SqliteConnection connection, WorkflowFilter filter, WorkflowListPlace place, int most)
    {
        using var statement = connection.Prepare(_list);
        statement.Bind(1, tables.App);
        statement.Bind(2, filter.CreatedFrom?.UtcTicks ?? 0);
        statement.Bind(3, Math.Min(filter.CreatedBefore?.UtcTicks ?? long.MaxValue, place.CreatedBefore));
        statement.Bind(4, place.CreatedAt);
        statement.Bind(5, place.Number);
        var statuses = 0L;
        foreach (var status in filter.Statuses)
        {
            statuses |= 1L << (int)status;
        }

        statement.Bind(6, statuses);
        if (filter.Name is { } name)
        {
            statement.Bind(7, name);
        }

        statement.Bind(8, most);
        List<(long, WorkflowRecord)> records = [];
        while (statement.Step())
        {
            records.Add((statement.Int64(0), ReadRecord(statement)));
        }

        return records;
    }

    /// <summary>Adds an instance, or puts it in the place of one that has ended and left nothing but its row.</summary>
    /// <returns>Its number.</returns>
    public long Create(SqliteConnection connection, NewWorkflow workflow, long? number)
    {
        var record = workflow.Record;
        using (var statement = connection.Prepare(number is null ? _insert : _replace))
        {
            statement.Bind(1, record.Name);
            statement.Bind(2, record.ExecutionId);
            statement.Bind(3, record.Version);
            statement.Bind(4, (long)record.Status);
            statement.Bind(5, record.CreatedAt.UtcTicks);
            statement.Bind(6, record.UpdatedAt.UtcTicks);
            statement.Bind(7, workflow.First.Id);
            statement.BindBlob(8, record.Outcome);
            statement.Bind(9, number ?? tables.App);
            if (number is null)
            {
                statement.Bind(10, record.InstanceId);
            }

            statement.Execute();
        }

        var present = number ?? Find(connection, record.InstanceId)!.Value.Number;
        Append(connection, present, 0, 0, record.Start);
        return present;
    }

    /// <summary>Writes the instance as it is after a turn.</summary>
    public void Advance(SqliteConnection connection, long number, WorkflowRecord record)
    {
        using var statement = connection.Prepare(_advance);
        statement.Bind(1, record.Name);
        statement.Bind(2, record.ExecutionId);
        statement.Bind(3, record.Version);
        statement.Bind(4, (long)record.Status);
        statement.Bind(5, record.UpdatedAt.UtcTicks);
        statement.BindBlob(6, record.Outcome);
        statement.Bind(7, number);
        statement.Execute();
    }

    /// <summary>Adds the chunks of a version.</summary>
    public void Append(SqliteConnection connection, long number, long version, IReadOnlyList<ReadOnlyMemory<byte>> chunks)
    {
        for (var chunk = 0; chunk < chunks.Count; chunk++)
        {
            Append(connection, number, version, chunk, chunks[chunk]);
        }
    }

    /// <summary>Begins the history anew.</summary>
    public void Restart(SqliteConnection connection, long number, ReadOnlyMemory<byte> start)
    {
        Forget(connection, number);
        Append(connection, number, 0, 0, start);
    }

    /// <summary>Removes the history with the start.</summary>
    public void Forget(SqliteConnection connection, long number) => Run(connection, _forget, number);

    /// <summary>Removes the instance's row.</summary>
    public void Remove(SqliteConnection connection, long number) => Run(connection, _remove, number);

    private void Append(SqliteConnection connection, long number, long version, int chunk, ReadOnlyMemory<byte> events)
    {
        using var statement = connection.Prepare(_append);
        statement.Bind(1, number);
        statement.Bind(2, version);
        statement.Bind(3, chunk);
        statement.BindBlob(4, events);
        statement.Execute();
    }

    private static void Run(SqliteConnection connection, string sql, long number)
    {
        using var statement = connection.Prepare(sql);
        statement.Bind(1, number);
        statement.Execute();
    }

    private static WorkflowRecord ReadRecord(SqliteStatement statement) => new()
    {
        InstanceId = statement.Text(1),
        Name = statement.Text(2),
        ExecutionId = statement.Text(3),
        Version = statement.Int64(4),
        Status = (WorkflowRuntimeStatus)statement.Int64(5),
        CreatedAt = new DateTimeOffset(statement.Int64(6), TimeSpan.Zero),
        UpdatedAt = new DateTimeOffset(statement.Int64(7), TimeSpan.Zero),
        Outcome = statement.Blob(8).ToArray(),
        Start = statement.Blob(9).ToArray(),
    };
}
