using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Serverless.Components.Bindings.PostgreSql;

/// <summary>A statement of the caller's.</summary>
/// <param name="Text">SQL with <c>$1</c>, <c>$2</c> and so on.</param>
/// <param name="Parameters">Values in PostgreSQL's own notation, whose types the server infers; null is NULL.</param>
internal sealed record PostgreSqlCall(string Text, IReadOnlyList<string?> Parameters)
{
    private const int MostBytes = 100 * 1024 * 1024;
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Runs it, and gives the number of rows that it touched or read.</summary>
    public static async Task<long> ExecuteAsync(NpgsqlConnection connection, PostgreSqlCall call, CancellationToken cancellationToken)
    {
        await using var command = call.ToCommand(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var read = 0L;
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                read++;
            }
        }
        while (await reader.NextResultAsync(cancellationToken));

        // Of a SELECT the rows that it found; -1 is what has no rows at all.
        return Math.Max(reader.RecordsAffected, read);
    }

    /// <summary>Runs it, and gives the rows of its first result as JSON: an array of arrays.</summary>
    /// <exception cref="BindingException">They are more than an answer holds; all are read, so that the statement has come to its end.</exception>
    public static async Task<ReadOnlyMemory<byte>> QueryAsync(NpgsqlConnection connection, PostgreSqlCall call, CancellationToken cancellationToken)
    {
        await using var command = call.ToCommand(connection);
        command.AllResultTypesAreUnknown = true;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var bytes = new ArrayBufferWriter<byte>();
        var isTooMuch = false;
        await using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartArray();
            while (await reader.ReadAsync(cancellationToken))
            {
                if (!isTooMuch)
                {
                    WriteRow(json, reader);
                    isTooMuch = json.BytesCommitted + json.BytesPending > MostBytes;
                }
            }

            json.WriteEndArray();
        }

        while (await reader.NextResultAsync(cancellationToken))
        {
            // On to the last statement, whose error would be missed.
        }

        return isTooMuch ? throw new BindingException($"error executing query: executed, but its rows are more than {MostBytes / 1024 / 1024} MiB of JSON") : bytes.WrittenMemory;
    }

    private static void WriteRow(Utf8JsonWriter json, NpgsqlDataReader reader)
    {
        json.WriteStartArray();
        for (var column = 0; column < reader.FieldCount; column++)
        {
            PostgreSqlJson.Write(json, reader.GetDataTypeOID(column), reader.IsDBNull(column) ? null : reader.GetString(column));
        }

        json.WriteEndArray();
    }

    private NpgsqlCommand ToCommand(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Text, connection);
        foreach (var value in Parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = (object?)value ?? DBNull.Value });
        }

        return command;
    }
}
