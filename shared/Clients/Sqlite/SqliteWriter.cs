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
    private readonly CancellationTokenSource _givingUp = new();
    private readonly TimeProvider _time;
    private long _busyTimeout;
    private int _isParked;
    private int _dequeued;
    private volatile bool _isClosing;

    /// <summary>Groups committed so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Starts the thread, which opens the database.</summary>
    /// <param name="settings">How to open it.</param>
    /// <param name="prepare">Runs in a transaction of its own before anything else, the choice of the journal included.</param>
    public SqliteWriter(SqliteSettings settings, Action<SqliteConnection> prepare)
    {
        _time = settings.Time;
        BusyTimeout = settings.BusyTimeout;
        new Thread(() => Live(settings, prepare)) { IsBackground = true, Name = "SQLite writer" }.Start();
    }

    /// <summary>How long a group waits for a lock of another process; holds from the next group on.</summary>
    public TimeSpan BusyTimeout
    {
        get => new(Volatile.Read(ref _busyTimeout));
        set => Volatile.Write(ref _busyTimeout, value.Ticks);
    }

    /// <summary>Waits until the database is open, or throws why it can't be opened.</summary>
    public Task OpenedAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>Runs a body within the next group. If it throws, or its savepoint is not kept, the rest of the group is not affected.</summary>
    /// <exception cref="OperationCanceledException">The body has not run and never will.</exception>
    public async Task<TResult> RunAsync<TState, TResult>(TState state, Func<SqliteConnection, TState, TResult> body, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        var call = new SqliteCall<TState, TResult>(state, body, _time.GetTimestamp());
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
        _givingUp.Dispose();
    }

    /// <summary>Ends the thread as soon as what is queued is committed, or the attempt to open the database.</summary>
    public void Close()
    {
        _isClosing = true;
        _givingUp.Cancel();
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
            using var connection = new SqliteOpening(settings, _givingUp.Token).Open(prepare);
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
        var hasBegun = false;
        try
        {
            connection.BusyTimeout = BusyTimeout;
            connection.RunPrepared("BEGIN IMMEDIATE");
            hasBegun = true;
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
            if (!hasBegun)
            {
                TakeOverdue(first);
            }

            foreach (var work in _group)
            {
                work.Fail(failure);
            }
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
        catch (Exception failure) when (connection is { IsInTransaction: true, MustRollBack: false })
        {
            work.Fail(failure);
        }
        catch
        {
            // The failure ended the transaction, or left half of this work in it, and takes the whole group with it.
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

    /// <summary>Takes the first and all others that have waited for the lock as long as it may take. Newer work gets a turn of its own.</summary>
    private void TakeOverdue(SqliteWork first)
    {
        for (var work = first; work is not null; work = IsNextOverdue() ? Next() : null)
        {
            if (work.TryTake())
            {
                _group.Add(work);
            }
        }
    }

    private bool IsNextOverdue() => _queue.TryPeek(out var work) && _time.GetElapsedTime(work.QueuedAt) >= BusyTimeout;

    private static void RollBack(SqliteConnection connection)
    {
        try
        {
            if (connection.IsInTransaction)
            {
                connection.RunPrepared("ROLLBACK");
            }

            connection.MustRollBack = false;
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
