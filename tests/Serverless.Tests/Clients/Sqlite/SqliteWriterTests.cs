using Serverless.Components.Clients.Sqlite;

namespace Serverless.Tests.Clients.Sqlite;

public sealed class SqliteWriterTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("serverless-writer-").FullName;
    private SqliteDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Group_WorkThatQueuedUpDuringACommit_SharesTheNextOne()
    {
        var before = _database.Commits;
        using var gate = new Gate(_database);
        await gate.Entered;

        var writes = Enumerable.Range(0, 64).Select(InsertAsync).ToArray();
        gate.Open();
        await Task.WhenAll(writes);

        Assert.InRange(_database.Commits - before, 1, 2);
        Assert.Equal(64, await CountAsync());
    }

    [Fact]
    public async Task Group_LoneCaller_IsCommittedAlone()
    {
        var before = _database.Commits;

        await InsertAsync(1);
        await InsertAsync(2);

        Assert.Equal(2, _database.Commits - before);
    }

    [Fact]
    public async Task Group_OneBodyFails_OnlyItsCallerSeesIt()
    {
        using var gate = new Gate(_database);
        await gate.Entered;

        var first = InsertAsync(1);
        var duplicate = InsertAsync(1);
        var broken = _database.WriteAsync(0, static int (_, _) => throw new InvalidOperationException("a bug"), Cancellation);
        var undone = _database.WriteAsync(
            0,
            static (connection, _) =>
            {
                using var savepoint = new SqliteSavepoint(connection);
                connection.Run("INSERT INTO t VALUES (100)");
                return connection.Changes;
            },
            Cancellation);
        var last = InsertAsync(2);
        gate.Open();

        Assert.Equal(1, await first);
        Assert.Equal(SqliteCode.Constraint, (await Assert.ThrowsAsync<SqliteException>(() => duplicate)).Code);
        Assert.Equal("a bug", (await Assert.ThrowsAsync<InvalidOperationException>(() => broken)).Message);
        Assert.Equal(1, await undone);
        Assert.Equal(1, await last);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Group_TransactionLost_FailsEveryCallerWithItsOwnException()
    {
        using var gate = new Gate(_database);
        await gate.Entered;

        var before = InsertAsync(1);
        var culprit = _database.WriteAsync(
            0,
            static int (connection, _) =>
            {
                connection.Run("ROLLBACK");
                throw new SqliteException(SqliteCode.Error, "database or disk is full");
            },
            Cancellation);
        gate.Open();

        var one = await Assert.ThrowsAsync<SqliteException>(() => before);
        var other = await Assert.ThrowsAsync<SqliteException>(() => culprit);
        Assert.Equal(SqliteCode.Error, one.Code);
        Assert.Equal(one.Message, other.Message);
        Assert.NotSame(one, other);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(1, await InsertAsync(1));
    }

    [Fact]
    public async Task Group_CommitFails_FailsEveryCallerAndLeavesTheWriterUsable()
    {
        using var gate = new Gate(_database);
        await gate.Entered;

        // A violated deferred constraint is found by the commit itself.
        var violation = _database.WriteAsync(
            0,
            static (connection, _) =>
            {
                connection.Run("INSERT INTO child VALUES (404)");
                return 1;
            },
            Cancellation);
        var neighbour = InsertAsync(1);
        gate.Open();

        Assert.Equal(SqliteCode.Constraint, (await Assert.ThrowsAsync<SqliteException>(() => violation)).Code);
        Assert.Equal(SqliteCode.Constraint, (await Assert.ThrowsAsync<SqliteException>(() => neighbour)).Code);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(1, await InsertAsync(1));
    }

    [Fact]
    public async Task Group_PartThatCannotBeUndone_FailsTheWholeGroup()
    {
        using var gate = new Gate(_database);
        await gate.Entered;

        var neighbour = InsertAsync(1);
        var culprit = _database.WriteAsync(
            0,
            static (connection, _) =>
            {
                using var savepoint = new SqliteSavepoint(connection);
                connection.Run("INSERT INTO t VALUES (100)");
                connection.Run("RELEASE part");
                return 0;
            },
            Cancellation);
        gate.Open();

        Assert.StartsWith("no such savepoint", (await Assert.ThrowsAsync<SqliteException>(() => culprit)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SqliteException>(() => neighbour);
        Assert.Equal(0, await CountAsync());
        Assert.Equal(1, await InsertAsync(1));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Group_LockedByAnother_FailsOnlyWorkThatHasWaitedLongEnough()
    {
        var clock = new ManualTimeProvider();
        var settings = new SqliteSettings { Source = SqliteSource.Parse(Path.Combine(_directory, "locked.db")), BusyTimeout = TimeSpan.FromSeconds(1), Time = clock };
        await using var database = await SqliteDatabase.OpenAsync(settings, static connection => connection.Run("CREATE TABLE t (id INTEGER)"), Cancellation);
        using var other = SqliteConnection.Open(settings);
        other.Run("BEGIN IMMEDIATE");

        var first = database.WriteAsync(1, static (connection, id) => Insert(connection, id), Cancellation);
        var overdue = database.WriteAsync(2, static (connection, id) => Insert(connection, id), Cancellation);
        clock.Advance(TimeSpan.FromSeconds(1));
        var fresh = database.WriteAsync(3, static (connection, id) => Insert(connection, id), Cancellation);

        Assert.Equal(SqliteCode.Busy, (await Assert.ThrowsAsync<SqliteException>(() => first)).Code);
        other.Run("ROLLBACK");
        Assert.Equal(SqliteCode.Busy, (await Assert.ThrowsAsync<SqliteException>(() => overdue)).Code);
        Assert.Equal(1, await fresh);
    }

    [Fact]
    public async Task Open_WriteProtectedFile_IsRefused()
    {
        // Root may write everything; this is what others get.
        var file = Path.Combine(_directory, "other.db");
        await File.WriteAllTextAsync(file, "", Cancellation);
        var source = SqliteSource.Parse(file) with { Parameters = ["mode=ro"] };

        var refusal = await Assert.ThrowsAsync<SqliteException>(
            () => SqliteDatabase.OpenAsync(new SqliteSettings { Source = source }, static _ => { }, Cancellation));

        Assert.Equal("the file is not writable", refusal.Message);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_NeverRuns()
    {
        using var gate = new Gate(_database);
        await gate.Entered;
        using var cancel = new CancellationTokenSource();

        var waiting = _database.WriteAsync(1, static (connection, id) => Insert(connection, id), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        gate.Open();

        await InsertAsync(2);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Cancel_WhileRunning_ReportsWhatHappened()
    {
        using var gate = new Gate(_database);
        using var cancel = new CancellationTokenSource();
        await gate.Entered;
        using var inner = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _database.WriteAsync(
            (entered, inner),
            static (connection, state) =>
            {
                state.entered.SetResult();
                state.inner.Wait();
                return Insert(connection, 1);
            },
            cancel.Token);
        gate.Open();
        await entered.Task;

        await cancel.CancelAsync();
        inner.Set();

        Assert.Equal(1, await running);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Read_WhileTheWriterIsBusy_SeesTheLastCommit()
    {
        await InsertAsync(1);
        using var gate = new Gate(_database);
        await gate.Entered;
        var pending = InsertAsync(2);

        Assert.Equal(1, await CountAsync());

        gate.Open();
        await pending;
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Read_MoreThanThePoolHolds_WaitsForATurn()
    {
        using var release = new ManualResetEventSlim();
        using var busy = new CountdownEvent(2);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            async () => await _database.ReadAsync(
                (busy, release),
                static (_, state) =>
                {
                    state.busy.Signal();
                    state.release.Wait();
                    return 0;
                },
                Cancellation),
            Cancellation)).ToArray();
        busy.Wait(Cancellation);

        var third = _database.ReadAsync(0, static (connection, _) => Count(connection), Cancellation).AsTask();
        using var cancel = new CancellationTokenSource();
        var fourth = _database.ReadAsync(0, static (connection, _) => Count(connection), cancel.Token).AsTask();
        Assert.False(third.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth);

        release.Set();
        await Task.WhenAll(readers);
        Assert.Equal(0, await third);
    }

    [Fact]
    public async Task TwoUsersOfOneFile_ShareTheWriterAndTheLastOneClosesIt()
    {
        var link = Path.Combine(_directory, "link.db");
        File.CreateSymbolicLink(link, Path.Combine(_directory, "test.db"));
        var other = await OpenAsync(link);
        var before = _database.Commits;

        await other.WriteAsync(1, static (connection, id) => Insert(connection, id), Cancellation);
        await other.DisposeAsync();
        await other.DisposeAsync();

        Assert.Equal(1, _database.Commits - before);
        Assert.Equal(1, await InsertAsync(2));
        await _database.DisposeAsync();
        Assert.Equal(["link.db", "test.db"], Directory.GetFiles(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => InsertAsync(3));
    }

    [Fact]
    public async Task Close_WithQueuedWork_CommitsItFirst()
    {
        var gate = new Gate(_database);
        await gate.Entered;
        var writes = Enumerable.Range(0, 10).Select(InsertAsync).ToArray();

        var closing = _database.DisposeAsync().AsTask();
        gate.Open();
        await closing;
        await Task.WhenAll(writes);
        gate.Dispose();

        _database = await OpenAsync();
        Assert.Equal(10, await CountAsync());
    }

    private static int Insert(SqliteConnection connection, int id)
    {
        using var statement = connection.Prepare("INSERT INTO t VALUES (?1)");
        statement.Bind(1, id);
        return statement.Execute();
    }

    private static long Count(SqliteConnection connection)
    {
        using var statement = connection.Prepare("SELECT count(*) FROM t");
        statement.Step();
        return statement.Int64(0);
    }

    private Task<int> InsertAsync(int id) => _database.WriteAsync(id, static (connection, id) => Insert(connection, id), Cancellation);

    private async Task<long> CountAsync() => await _database.ReadAsync(0, static (connection, _) => Count(connection), Cancellation);

    private Task<SqliteDatabase> OpenAsync(string? file = null) => SqliteDatabase.OpenAsync(
        new SqliteSettings { Source = SqliteSource.Parse(file ?? Path.Combine(_directory, "test.db")) with { Pragmas = ["foreign_keys=ON"] }, Readers = 2 },
        static connection => connection.Run("""
            CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS child (parent INTEGER REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED);
            """),
        Cancellation);

    /// <summary>Keeps the writer busy until it is opened.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task<int> _work;

        public Gate(SqliteDatabase database) => _work = database.WriteAsync(
            this,
            static (_, gate) =>
            {
                gate._entered.SetResult();
                gate._open.Wait();
                return 0;
            },
            CancellationToken.None);

        public Task Entered => _entered.Task;

        public void Open() => _open.Set();

        public void Dispose()
        {
            _open.Set();
            Assert.False(_work.IsCanceled);
        }
    }
}
