using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

internal sealed partial class SqliteWorkflowStore
{
    public async ValueTask<ClaimResult> ClaimAsync(WorkClaim claim, CancellationToken cancellationToken)
    {
        // Mostly nothing is due, and then the writer is left alone.
        var (isDue, nextDue) = await ReadAsync((_queue, claim), static (connection, call) => call._queue.Look(connection, call.claim), cancellationToken);
        return new ClaimResult(
            isDue ? await WriteAsync((_queue, claim), static (connection, call) => call._queue.Claim(connection, call.claim), cancellationToken) : [],
            nextDue);
    }

    public ValueTask<WorkItem?> ClaimAsync(string instanceId, string workId, Guid owner, CancellationToken cancellationToken) => WriteAsync(
        (_instances, _items, instanceId, workId, owner),
        static (connection, call) => call._instances.Find(connection, call.instanceId) is { } head
            ? call._items.Claim(connection, head.Number, call.instanceId, call.workId, call.owner)
            : null,
        cancellationToken);

    public ValueTask<bool> CompleteAsync(WorkItem item, Guid owner, InboxMessage? result, CancellationToken cancellationToken) => WriteAsync(
        (_turns, item, owner, result), static (connection, call) => call._turns.Complete(connection, call.item, call.owner, call.result), cancellationToken);

    public ValueTask ReleaseAsync(WorkItem item, Guid owner, CancellationToken cancellationToken) => WriteAsync(
        (_instances, _items, item, owner),
        static (connection, call) =>
        {
            if (call._instances.Find(connection, call.item.InstanceId) is { } head)
            {
                call._items.Release(connection, head.Number, call.item, call.owner);
            }
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<WorkItem>> FindOverdueAsync(DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        await WriteAsync((_queue, before, now, most), static (connection, call) => call._queue.FindOverdue(connection, call.before, call.now, call.most), cancellationToken);

    public ValueTask<bool> KeepSessionAsync(WorkerSession session, bool isNew, CancellationToken cancellationToken) =>
        WriteAsync((_sessions, session, isNew), static (connection, call) => call._sessions.Keep(connection, call.session, call.isNew), cancellationToken);

    public ValueTask EndSessionAsync(Guid session, CancellationToken cancellationToken) =>
        WriteAsync((_sessions, session), static (connection, call) => call._sessions.End(connection, call.session), cancellationToken);

    public async ValueTask<int> ExpireSessionsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var expired = await ReadAsync((_sessions, now), static (connection, call) => call._sessions.FindExpired(connection, call.now), cancellationToken);
        return expired.Count == 0 ? 0 : await WriteAsync(
            (_sessions, now),
            static (connection, call) =>
            {
                // Again, because one of them may have been kept alive since.
                var expired = call._sessions.FindExpired(connection, call.now);
                using var savepoint = new SqliteSavepoint(connection);
                foreach (var session in expired)
                {
                    call._sessions.End(connection, session);
                }

                savepoint.Keep();
                return expired.Count;
            },
            cancellationToken);
    }

    private async ValueTask<T> ReadAsync<TState, T>(TState state, Func<SqliteConnection, TState, T> body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await Database.ReadAsync(
                (state, body),
                static (connection, call) =>
                {
                    if (connection.IsInTransaction)
                    {
                        return call.body(connection, call.state);
                    }

                    // One view of all tables.
                    connection.RunPrepared("BEGIN");
                    try
                    {
                        return call.body(connection, call.state);
                    }
                    finally
                    {
                        connection.RunPrepared("COMMIT");
                    }
                },
                cancellationToken);
        }
        catch (Exception failure) when (failure is SqliteException or ObjectDisposedException)
        {
            throw Failed(failure);
        }
    }

    private async ValueTask<T> WriteAsync<TState, T>(TState state, Func<SqliteConnection, TState, T> body, CancellationToken cancellationToken)
    {
        try
        {
            return await Database.WriteAsync(state, body, cancellationToken);
        }
        catch (Exception failure) when (failure is SqliteException or ObjectDisposedException)
        {
            throw Failed(failure);
        }
    }

    private async ValueTask WriteAsync<TState>(TState state, Action<SqliteConnection, TState> body, CancellationToken cancellationToken) => await WriteAsync(
        (state, body),
        static (connection, call) =>
        {
            using var savepoint = new SqliteSavepoint(connection);
            call.body(connection, call.state);
            savepoint.Keep();
            return true;
        },
        cancellationToken);

    private WorkflowStoreException Failed(Exception failure) =>
        new($"component '{_context.Name}': SQLite file '{_options.Connection.FileName}': {(failure is ObjectDisposedException ? "closed" : failure.Message)}", failure);
}
