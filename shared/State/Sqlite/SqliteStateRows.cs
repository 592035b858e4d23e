using System.Buffers.Text;
using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.State.Sqlite;

/// <summary>The statements on the state table.</summary>
internal sealed class SqliteStateRows(string table, TimeProvider time)
{
    private const string Live = "(expiration_time IS NULL OR expiration_time > ?1)";

    private readonly string _select = $"""SELECT value, is_binary, etag, expiration_time FROM "{table}" WHERE key = ?2 AND {Live}""";

    private readonly string _count = $"""SELECT count(*) FROM "{table}" WHERE {Live}""";

    // Updating in place touches fewer pages than INSERT OR REPLACE, which moves the row.
    private readonly string _upsert = $"""
        INSERT INTO "{table}" (update_time, key, value, is_binary, etag, expiration_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary, etag = excluded.etag,
          expiration_time = excluded.expiration_time, update_time = excluded.update_time
        """;

    private readonly string _insert = $"""
        INSERT INTO "{table}" (update_time, key, value, is_binary, etag, expiration_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary, etag = excluded.etag,
          expiration_time = excluded.expiration_time, update_time = excluded.update_time
        WHERE expiration_time <= ?1
        """;

    private readonly string _update = $"""
        UPDATE "{table}" SET update_time = ?1, value = ?3, is_binary = ?4, etag = ?5, expiration_time = ?6
        WHERE key = ?2 AND etag = ?7 AND {Live}
        """;

    private readonly string _delete = $"""DELETE FROM "{table}" WHERE key = ?1""";

    private readonly string _deleteIf = $"""DELETE FROM "{table}" WHERE key = ?2 AND etag = ?3 AND {Live}""";

    public StateEntry? Find(SqliteConnection connection, string key)
    {
        using var statement = connection.Prepare(_select);
        BindNow(statement);
        statement.Bind(2, key);
        if (!statement.Step())
        {
            return null;
        }

        var text = statement.Utf8(0);
        var value = statement.Int64(1) == 0 ? text.ToArray() : Decode(text);
        return new StateEntry(value, statement.Text(2), statement.IsNull(3) ? null : SqliteTimestamp.Read(statement.Utf8(3)));
    }

    /// <summary>Counts the entries that have not expired.</summary>
    public int Count(SqliteConnection connection)
    {
        using var statement = connection.Prepare(_count);
        BindNow(statement);
        return statement.Step() ? (int)statement.Int64(0) : 0;
    }

    /// <summary>Applies one operation.</summary>
    /// <returns>False when its ETag condition does not hold; then nothing has changed.</returns>
    public bool Apply(SqliteConnection connection, in SqliteStateWrite write) =>
        write.Set is null ? Delete(connection, write.Delete!) : Upsert(connection, write);

    private bool Upsert(SqliteConnection connection, in SqliteStateWrite write)
    {
        var set = write.Set!;
        using var statement = connection.Prepare(set.HasETag ? _update : set.Options.IsFirstWrite ? _insert : _upsert);
        BindNow(statement);
        statement.Bind(2, set.Key);
        statement.Bind(3, write.Text);
        statement.Bind(4, set.IsBinary ? 1 : 0);
        Span<byte> buffer = stackalloc byte[36];
        Guid.NewGuid().TryFormat(buffer, out _);
        statement.Bind(5, (ReadOnlySpan<byte>)buffer);
        if (write.Ttl is { } ttl)
        {
            statement.Bind(6, SqliteTimestamp.WriteExpiry(time.GetUtcNow() + ttl, buffer));
        }

        if (set.HasETag)
        {
            statement.Bind(7, set.ETag!);
        }

        return statement.Execute() > 0;
    }

    private bool Delete(SqliteConnection connection, StateDelete delete)
    {
        if (!delete.HasETag)
        {
            using var plain = connection.Prepare(_delete);
            plain.Bind(1, delete.Key);
            plain.Execute();
            return true;
        }

        using var conditional = connection.Prepare(_deleteIf);
        BindNow(conditional);
        conditional.Bind(2, delete.Key);
        conditional.Bind(3, delete.ETag!);
        return conditional.Execute() > 0;
    }

    private void BindNow(SqliteStatement statement) =>
        statement.Bind(1, SqliteTimestamp.Write(time.GetUtcNow(), stackalloc byte[SqliteTimestamp.Length]));

    private static byte[] Decode(ReadOnlySpan<byte> base64)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, bytes, out _, out var length) == System.Buffers.OperationStatus.Done
            ? bytes[..length]
            : throw new FormatException("failed to decode binary data: the stored value is not base64");
    }
}
