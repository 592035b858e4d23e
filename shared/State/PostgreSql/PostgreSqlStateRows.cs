using Npgsql;
using NpgsqlTypes;

namespace Serverless.Components.State.PostgreSql;

/// <summary>The statements on the state table. The time is the database's, as for daprd.</summary>
internal sealed class PostgreSqlStateRows(string table)
{
    private const string Live = "(expires_at IS NULL OR expires_at >= now())";

    private readonly string _select = $"SELECT value, etag, expires_at FROM {table} WHERE key = $1 AND {Live}";

    private readonly string _upsert = Upsert(table, "");

    private readonly string _insert = Upsert(table, " WHERE t.expires_at < now()");

    private readonly string _update = $"""
        UPDATE {table} SET value = $2, updated_at = now(), etag = gen_random_uuid(), expires_at = now() + $3 * interval '1 second'
        WHERE key = $1 AND etag = $4 AND {Live}
        """;

    private readonly string _delete = $"DELETE FROM {table} WHERE key = $1";

    private readonly string _deleteIf = $"DELETE FROM {table} WHERE key = $1 AND etag = $2 AND {Live}";

    /// <summary>Reads one key.</summary>
    public async Task<StateEntry?> FindAsync(NpgsqlConnection connection, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_select, connection);
        command.Parameters.Add(Text(key));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        DateTimeOffset? expiry = await reader.IsDBNullAsync(2, cancellationToken) ? null : await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken);
        return new StateEntry(await reader.GetFieldValueAsync<byte[]>(0, cancellationToken), reader.GetGuid(1).ToString(), expiry);
    }

    /// <summary>Applies one operation.</summary>
    /// <returns>False when its condition does not hold; then nothing has changed.</returns>
    public async Task<bool> ApplyAsync(NpgsqlConnection connection, PostgreSqlStateWrite write, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Statement(write), connection);
        Bind(command.Parameters, write);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0 || !write.IsConditional;
    }

    /// <summary>Applies operations in order, all or none.</summary>
    /// <returns>The first one whose condition does not hold, or -1.</returns>
    public async Task<int> ApplyAsync(NpgsqlConnection connection, PostgreSqlStateWrite[] writes, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var write in writes)
        {
            var command = new NpgsqlBatchCommand(Statement(write));
            Bind(command.Parameters, write);
            batch.BatchCommands.Add(command);
        }

        if (!writes.Any(write => write.IsConditional))
        {
            // The server takes a batch for one transaction.
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return -1;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        var refused = Enumerable.Range(0, writes.Length).FirstOrDefault(index => writes[index].IsConditional && batch.BatchCommands[index].RecordsAffected == 0, -1);
        if (refused < 0)
        {
            await transaction.CommitAsync(cancellationToken);
        }

        return refused;
    }

    // What is written in the place of an expired row keeps its created_at, as with daprd.
    private static string Upsert(string table, string condition) => $"""
        INSERT INTO {table} AS t (key, value, etag, expires_at) VALUES ($1, $2, gen_random_uuid(), now() + $3 * interval '1 second')
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now(), etag = excluded.etag, expires_at = excluded.expires_at{condition}
        """;

    private string Statement(in PostgreSqlStateWrite write) =>
        write.Set is null ? write.ETag is null ? _delete : _deleteIf
        : write.ETag is not null ? _update
        : write.IsConditional ? _insert
        : _upsert;

    private static void Bind(NpgsqlParameterCollection parameters, in PostgreSqlStateWrite write)
    {
        parameters.Add(Text(write.Key));
        if (write.Set is not null)
        {
            parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = write.Value, NpgsqlDbType = NpgsqlDbType.Bytea });
            parameters.Add(new NpgsqlParameter { Value = write.Ttl is { } ttl ? ttl : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        }

        if (write.ETag is { } etag)
        {
            parameters.Add(new NpgsqlParameter<Guid> { TypedValue = etag, NpgsqlDbType = NpgsqlDbType.Uuid });
        }
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };
}
