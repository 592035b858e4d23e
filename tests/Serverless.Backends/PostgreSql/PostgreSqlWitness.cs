using Npgsql;

namespace Serverless.Backends.PostgreSql;

/// <summary>Asks a server directly; every call has a connection of its own, so that restarts do no harm.</summary>
public sealed class PostgreSqlWitness(int port)
{
    /// <summary>Runs statements without parameters and returns the number of rows they touched.</summary>
    public async Task<int> RunAsync(string statement, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row as text, or null.</summary>
    public async Task<string?> TextAsync(string query, CancellationToken cancellationToken) =>
        await RowsAsync(query, cancellationToken) is [var row, ..] ? row[0] : null;

    /// <summary>All rows; each column as the text that PostgreSQL writes.</summary>
    public async Task<IReadOnlyList<string?[]>> RowsAsync(string query, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(query, connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetString(column))]);
        }

        return rows;
    }

    /// <summary>A connection to keep, for locks and transactions.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = PostgreSqlServer.User,
            Password = PostgreSqlServer.Password,
            Database = PostgreSqlServer.Database,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            Pooling = false,
            Timeout = 5,
        }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
