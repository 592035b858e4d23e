using System.Collections.Concurrent;

namespace Serverless.Components.Clients.Sqlite;

/// <summary>The only writer of a database in this process: a thread that commits many callers' work at once.</summary>
/// <remarks>
/// While one commit waits for the disk, further work queues up and shares the next commit. A lone caller's work is run as soon
/// as it arrives. Callers are answered after their commit returned.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int Capacity = 4096;
    private const int MaxGroup = 256;

    private readonly ConcurrentQueue<SqliteWork> _queue = new();
    private readonly SemaphoreSlim _room = new(Capacity);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly List<SqliteWork> _group = new(MaxGroup);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isParked;
    private int _dequeued;
    private volatile bool _isClosing;

    /// <summary>Groups committed so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Starts the thread, which opens the database.</summary>
    /// <param name="settings">How to open it.</param>
    /// <param name="prepare">Runs in a transaction of its own before anything else, the choice of the journal included.</param>
    public SqliteWriter(SqliteSettings settings, Action<SqliteConnection> prepare) =>
        new Thread(() => Live(settings, prepare)) { IsBackground = true, Name = "SQLite writer" }.Start();

    /// <summary>Waits until the database is open, or throws why it can't be opened.</summary>
    public Task OpenedAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>Runs a body within the next group. If it throws, or its savepoint is not kept, the rest of the group is not affected.</summary>
    /// <exception cref="OperationCanceledException">The body has not run and never will.</exception>
    public async Task<TResult> RunAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        var call = new SqliteCall<TState, TResult>(state, body);
        Enqueue(call);
        await using var abandon = cancellationToken.UnsafeRegister(static (call, token) => ((SqliteCall<TState, TResult>)call!).Abandon(token), call);
        return await call.ResultAsync();
    }

    /// <summary>Commits what is queued and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        Close();
        await _ended.Task.WaitAsync(CancellationToken.None);
        _room.Dispose();
        _wake.Dispose();
    }

    /// <summary>Ends the thread as soon as what is queued is committed, or SQLite lets go of it.</summary>
    public void Close()
    {
        _isClosing = true;
        Wake();
    }

    private void Enqueue(SqliteWork work)
    {
        _queue.Enqueue(work);
        Wake();
        if (_ended.Task.IsCompleted)
        {
            RefuseRest();
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isParked, 0) == 1)
        {
            _wake.Release();
        }
    }

    private void Live(SqliteSettings settings, Action<SqliteConnection> prepare)
    {
        try
        {
            using var connection = SqliteOpening.Open(settings, prepare);
            var log = new SqliteLog(settings);
            _opened.SetResult();
            while (!_isClosing || !_queue.IsEmpty)
            {
                if (_queue.TryDequeue(out var first))
                {
                    CommitGroup(connection, first);
                    log.Trim(connection);
                }
                else
                {
                    Park();
                }
            }
        }
        catch (Exception failure) when (!_opened.Task.IsCompleted)
        {
            _opened.SetException(failure);
        }

        _ended.SetResult();
        RefuseRest();
    }

    private void Park()
    {
        Interlocked.Exchange(ref _isParked, 1);

        // Whoever queued work before the flag was up did not wake anyone.
        if ((!_queue.IsEmpty || _isClosing) && Interlocked.Exchange(ref _isParked, 0) == 1)
        {
            return;
        }

        _wake.Wait();
    }

    private void CommitGroup(SqliteConnection connection, SqliteWork first)
    {
        _dequeued = 1;
        try
        {
            connection.RunPrepared("BEGIN IMMEDIATE");
            for (var work = first; work is not null; work = Next())
            {
                RunOne(connection, work);
            }

            connection.RunPrepared("COMMIT");
            Commits++;
            foreach (var work in _group)
            {
                work.Complete();
            }
        }
        catch (Exception failure)
        {
            RollBack(connection);
            FailGroup(first, failure);
        }

        _group.Clear();
        _room.Release(_dequeued);
    }

    private void RunOne(SqliteConnection connection, SqliteWork work)
    {
        if (!work.TryTake())
        {
            return;
        }

        try
        {
            work.Run(connection);
            _group.Add(work);
        }
        catch (Exception failure) when (connection.IsInTransaction)
        {
            work.Fail(failure);
        }
        catch
        {
            // The failure ended the transaction and took the whole group with it.
            _group.Add(work);
            throw;
        }
    }

    private SqliteWork? Next()
    {
        if (_group.Count == MaxGroup || !_queue.TryDequeue(out var work))
        {
            return null;
        }

        _dequeued++;
        return work;
    }

    private void FailGroup(SqliteWork first, Exception failure)
    {
        // Nothing began: all that waited for the same lock fail together instead of each waiting again.
        for (var work = _group.Count == 0 ? first : null; work is not null; work = Next())
        {
            if (work.TryTake())
            {
                _group.Add(work);
            }
        }

        foreach (var work in _group)
        {
            work.Fail(failure);
        }
    }

    private static void RollBack(SqliteConnection connection)
    {
        try
        {
            if (connection.IsInTransaction)
            {
                connection.RunPrepared("ROLLBACK");
            }
        }
        catch (SqliteException)
        {
            // The failure that led here is the one to report; the next BEGIN tells whether the connection is usable.
        }
    }

    private void RefuseRest()
    {
        while (_queue.TryDequeue(out var work))
        {
            if (work.TryTake())
            {
                work.Fail(new ObjectDisposedException(nameof(SqliteWriter)));
            }
        }
    }
}
