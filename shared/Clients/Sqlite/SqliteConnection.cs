using System.Runtime.InteropServices;
using System.Text;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>One connection, used by one thread at a time.</summary>
internal sealed unsafe class SqliteConnection : IDisposable
{
    private readonly SqliteConnectionHandle _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    private SqliteConnection(SqliteConnectionHandle handle) => _handle = handle;

    /// <summary>True between BEGIN and COMMIT or ROLLBACK.</summary>
    public bool IsInTransaction => SqliteNative.Autocommit(_handle) == 0;

    /// <summary>True when the transaction holds half of a part that can't be undone alone.</summary>
    public bool MustRollBack { get; set; }

    public bool IsReadOnly => SqliteNative.IsReadOnly(_handle, 0) == 1;

    /// <summary>Rows changed by the last INSERT, UPDATE or DELETE.</summary>
    public int Changes => SqliteNative.Changes(_handle);

    /// <summary>How long a call waits for a lock that another connection holds.</summary>
    public TimeSpan BusyTimeout
    {
        get;
        set
        {
            if (value != field)
            {
                Check(SqliteNative.BusyTimeout(_handle, (int)value.TotalMilliseconds));
                field = value;
            }
        }
    }

    /// <summary>Opens the database and applies the settings, save for the journal mode.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    /// <exception cref="DllNotFoundException">There is no SQLite on this machine.</exception>
    public static SqliteConnection Open(SqliteSettings settings)
    {
        var access = settings.Source switch
        {
            { IsReadOnly: true } => SqliteNative.OpenReadOnly,
            { MayCreate: true } => SqliteNative.OpenReadWrite | SqliteNative.OpenCreate,
            _ => SqliteNative.OpenReadWrite,
        };
        var code = SqliteNative.Open(settings.Source.Uri, out var handle, access | SqliteNative.OpenUri | SqliteNative.OpenNoMutex, 0);
        var connection = new SqliteConnection(handle);
        try
        {
            connection.Check(code);
            connection.BusyTimeout = settings.BusyTimeout;
            connection.Run("PRAGMA synchronous=FULL");
            foreach (var pragma in settings.Source.Pragmas)
            {
                connection.Run($"PRAGMA {pragma}");
            }

            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements that are not worth keeping prepared.</summary>
    public void Run(string sql) => Check(SqliteNative.Execute(_handle, sql, 0, 0, 0));

    /// <summary>Runs a statement without parameters and keeps it prepared.</summary>
    public void RunPrepared(string sql)
    {
        using var statement = Prepare(sql);
        statement.Execute();
    }

    /// <summary>The prepared form of a statement, ready to bind. Dispose it after use.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = Compile(sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>The failure of the last call.</summary>
    public SqliteException Failure(SqliteCode code)
    {
        var message = _handle.IsInvalid ? null : Marshal.PtrToStringUTF8(SqliteNative.Message(_handle));
        return new SqliteException((SqliteCode)((int)code & 0xFF), message ?? "out of memory");
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Close();
        }

        _statements.Clear();
        _handle.Dispose();
    }

    private SqliteStatement Compile(string sql)
    {
        var utf8 = Encoding.UTF8.GetBytes(sql);
        fixed (byte* pointer = utf8)
        {
            Check(SqliteNative.Prepare(_handle, pointer, utf8.Length, SqliteNative.PreparePersistent, out var handle, 0));
            return new SqliteStatement(this, handle);
        }
    }

    private void Check(SqliteCode code)
    {
        if (code != SqliteCode.Ok)
        {
            throw Failure(code);
        }
    }
}
