namespace Serverless.Components.Clients.Sqlite;

/// <summary>Part of a transaction that is undone alone unless <see cref="Keep"/> was called.</summary>
internal sealed class SqliteSavepoint : IDisposable
{
    private readonly SqliteConnection _connection;
    private bool _isKept;

    public SqliteSavepoint(SqliteConnection connection)
    {
        _connection = connection;
        connection.RunPrepared("SAVEPOINT part");
    }

    public void Keep() => _isKept = true;

    public void Dispose()
    {
        // Some failures, a full disk for one, end the whole transaction and the savepoint with it.
        if (!_connection.IsInTransaction)
        {
            return;
        }

        try
        {
            if (!_isKept)
            {
                _connection.RunPrepared("ROLLBACK TO part");
            }

            _connection.RunPrepared("RELEASE part");
        }
        catch (SqliteException)
        {
            _connection.MustRollBack = true;
            throw;
        }
    }
}
