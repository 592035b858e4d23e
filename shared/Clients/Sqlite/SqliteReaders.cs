using System.Collections.Concurrent;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>A bounded pool of connections that only read.</summary>
internal sealed class SqliteReaders(SqliteSettings settings) : IAsyncDisposable
{
    private readonly SemaphoreSlim _free = new(settings.Readers);
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private long _busyTimeout = settings.BusyTimeout.Ticks;

    /// <summary>How long a call waits for a lock that another connection holds.</summary>
    public TimeSpan BusyTimeout
    {
        get => new(Volatile.Read(ref _busyTimeout));
        set => Volatile.Write(ref _busyTimeout, value.Ticks);
    }

    /// <summary>Runs a body on a connection of its own; at once unless all are busy.</summary>
    public async ValueTask<TResult> RunAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return Run(state, body);
    }

    /// <summary>Waits for the bodies that run and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < settings.Readers; i++)
        {
            await _free.WaitAsync(CancellationToken.None);
        }

        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        _free.Dispose();
    }

    private TResult Run<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body)
    {
        SqliteConnection? connection = null;
        try
        {
            if (!_idle.TryTake(out connection))
            {
                connection = Open();
            }

            connection.BusyTimeout = BusyTimeout;
            return body(connection, state);
        }
        finally
        {
            if (connection is not null)
            {
                _idle.Add(connection);
            }

            _free.Release();
        }
    }

    private SqliteConnection Open()
    {
        var connection = SqliteConnection.Open(settings);
        connection.Run("PRAGMA query_only=ON");
        return connection;
    }
}
