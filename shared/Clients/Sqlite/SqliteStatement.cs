using System.Buffers;
using System.Text;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>A prepared statement of one connection. Disposing ends one use of it; the connection keeps it prepared.</summary>
internal sealed unsafe class SqliteStatement : IDisposable
{
    private const int StackLimit = 512;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatementHandle _handle;
    private readonly MemoryHandle[] _pins;

    public SqliteStatement(SqliteConnection connection, SqliteStatementHandle handle)
    {
        _connection = connection;
        _handle = handle;
        _pins = new MemoryHandle[SqliteNative.ParameterCount(handle) + 1];
    }

    /// <summary>Binds text that is UTF-8 already. The memory is pinned, not copied, and must not change until the use ends.</summary>
    public void Bind(int index, ReadOnlyMemory<byte> utf8)
    {
        _pins[index] = utf8.Pin();

        // An empty memory may pin to null, which SQLite would take for NULL.
        var pointer = _pins[index].Pointer;
        byte none = 0;
        Check(SqliteNative.BindText(_handle, index, pointer is null ? &none : pointer, utf8.Length, pointer is null ? SqliteNative.Transient : SqliteNative.Static));
    }

    /// <summary>Binds short UTF-8 text by copying it.</summary>
    public void Bind(int index, ReadOnlySpan<byte> utf8)
    {
        byte none = 0;
        fixed (byte* pointer = utf8)
        {
            Check(SqliteNative.BindText(_handle, index, pointer is null ? &none : pointer, utf8.Length, SqliteNative.Transient));
        }
    }

    public void Bind(int index, string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var buffer = size <= StackLimit ? stackalloc byte[StackLimit] : rented = ArrayPool<byte>.Shared.Rent(size);
        Bind(index, (ReadOnlySpan<byte>)buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Binds bytes that are no text. The memory is pinned, not copied, and must not change until the use ends.</summary>
    public void BindBlob(int index, ReadOnlyMemory<byte> bytes)
    {
        _pins[index] = bytes.Pin();

        // As with text: no bytes are not NULL.
        var pointer = _pins[index].Pointer;
        byte none = 0;
        Check(SqliteNative.BindBlob(_handle, index, pointer is null ? &none : pointer, bytes.Length, pointer is null ? SqliteNative.Transient : SqliteNative.Static));
    }

    /// <summary>Binds the sixteen bytes of an id.</summary>
    public void Bind(int index, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        fixed (byte* pointer = bytes)
        {
            Check(SqliteNative.BindBlob(_handle, index, pointer, bytes.Length, SqliteNative.Transient));
        }
    }

    public void Bind(int index, long value) => Check(SqliteNative.BindInt64(_handle, index, value));

    public void BindNull(int index) => Check(SqliteNative.BindNull(_handle, index));

    /// <summary>Goes to the next row.</summary>
    /// <returns>False when there is none.</returns>
    public bool Step()
    {
        var code = SqliteNative.Step(_handle);
        return code switch
        {
            SqliteCode.Row => true,
            SqliteCode.Done => false,
            _ => throw _connection.Failure(code),
        };
    }

    /// <summary>Runs a statement without rows.</summary>
    /// <returns>How many rows it changed; meaningless for other statements than INSERT, UPDATE and DELETE.</returns>
    public int Execute()
    {
        while (Step())
        {
        }

        return _connection.Changes;
    }

    public bool IsNull(int column) => SqliteNative.ColumnType(_handle, column) == SqliteNative.NullType;

    public long Int64(int column) => SqliteNative.ColumnInt64(_handle, column);

    /// <summary>The column's UTF-8 text, valid until the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column)
    {
        // In this order: asking for text may convert, which settles the length.
        var text = SqliteNative.ColumnText(_handle, column);
        return new ReadOnlySpan<byte>(text, SqliteNative.ColumnBytes(_handle, column));
    }

    /// <summary>The column's bytes, valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column)
    {
        var bytes = SqliteNative.ColumnBlob(_handle, column);
        return new ReadOnlySpan<byte>(bytes, SqliteNative.ColumnBytes(_handle, column));
    }

    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    public void Dispose()
    {
        // Their results repeat errors that were thrown already.
        SqliteNative.Reset(_handle);
        SqliteNative.ClearBindings(_handle);
        for (var i = 0; i < _pins.Length; i++)
        {
            _pins[i].Dispose();
            _pins[i] = default;
        }
    }

    /// <summary>Gives the statement up for good.</summary>
    public void Close() => _handle.Dispose();

    private void Check(SqliteCode code)
    {
        if (code != SqliteCode.Ok)
        {
            throw _connection.Failure(code);
        }
    }
}
