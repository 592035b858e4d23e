using System.Runtime.InteropServices;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>The C interface, as far as it is used. https://sqlite.org/c3ref/funclist.html</summary>
internal static unsafe partial class SqliteNative
{
    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenUri = 0x40;

    /// <summary>No lock inside the library: one thread at a time uses a connection.</summary>
    public const int OpenNoMutex = 0x8000;

    public const uint PreparePersistent = 0x1;

    /// <summary>The bound bytes stay where they are until the statement is reset.</summary>
    public const nint Static = 0;

    /// <summary>SQLite copies the bound bytes.</summary>
    public const nint Transient = -1;

    public const int NullType = 5;

    static SqliteNative() => NativeLibrary.SetDllImportResolver(typeof(SqliteNative).Assembly, SqliteLibrary.Resolve);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial SqliteCode Open(string uri, out SqliteConnectionHandle connection, int flags, nint vfs);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_close_v2")]
    public static partial SqliteCode Close(nint connection);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_busy_timeout")]
    public static partial SqliteCode BusyTimeout(SqliteConnectionHandle connection, int milliseconds);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_errmsg")]
    public static partial nint Message(SqliteConnectionHandle connection);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    public static partial SqliteCode Execute(SqliteConnectionHandle connection, string sql, nint callback, nint argument, nint message);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_get_autocommit")]
    public static partial int Autocommit(SqliteConnectionHandle connection);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_changes")]
    public static partial int Changes(SqliteConnectionHandle connection);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_db_readonly")]
    public static partial int IsReadOnly(SqliteConnectionHandle connection, nint schema);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_prepare_v3")]
    public static partial SqliteCode Prepare(SqliteConnectionHandle connection, byte* sql, int length, uint flags, out SqliteStatementHandle statement, nint tail);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_finalize")]
    public static partial SqliteCode FinalizeStatement(nint statement);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_parameter_count")]
    public static partial int ParameterCount(SqliteStatementHandle statement);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_text")]
    public static partial SqliteCode BindText(SqliteStatementHandle statement, int index, void* text, int length, nint destructor);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_blob")]
    public static partial SqliteCode BindBlob(SqliteStatementHandle statement, int index, void* bytes, int length, nint destructor);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_int64")]
    public static partial SqliteCode BindInt64(SqliteStatementHandle statement, int index, long value);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_bind_null")]
    public static partial SqliteCode BindNull(SqliteStatementHandle statement, int index);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_step")]
    public static partial SqliteCode Step(SqliteStatementHandle statement);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_reset")]
    public static partial SqliteCode Reset(SqliteStatementHandle statement);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_clear_bindings")]
    public static partial SqliteCode ClearBindings(SqliteStatementHandle statement);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_type")]
    public static partial int ColumnType(SqliteStatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_text")]
    public static partial byte* ColumnText(SqliteStatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_blob")]
    public static partial byte* ColumnBlob(SqliteStatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnBytes(SqliteStatementHandle statement, int column);

    [LibraryImport(SqliteLibrary.Name, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnInt64(SqliteStatementHandle statement, int column);
}
