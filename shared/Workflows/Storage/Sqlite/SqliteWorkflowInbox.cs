using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The statements on messages that wait.</summary>
internal sealed class SqliteWorkflowInbox(SqliteWorkflowTables tables)
{
    private readonly string _read = $"SELECT id, execution, event FROM {tables.Inbox} WHERE instance = ?1 ORDER BY number LIMIT {LoadedWorkflow.MostMessages}";

    private readonly string _add = $"INSERT INTO {tables.Inbox} (instance, id, execution, event) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (instance, id) DO NOTHING";

    private readonly string _take = $"DELETE FROM {tables.Inbox} WHERE instance = ?1 AND id = ?2";

    private readonly string _any = $"SELECT 1 FROM {tables.Inbox} WHERE instance = ?1 LIMIT 1";

    private readonly string _clear = $"DELETE FROM {tables.Inbox} WHERE instance = ?1";

    private readonly string _clearOthers = $"DELETE FROM {tables.Inbox} WHERE instance = ?1 AND execution <> ?2";

    /// <summary>The first messages.</summary>
    public List<InboxMessage> Read(SqliteConnection connection, long number)
    {
        using var statement = connection.Prepare(_read);
        statement.Bind(1, number);
        List<InboxMessage> messages = [];
        while (statement.Step())
        {
            messages.Add(new InboxMessage(statement.Text(0), statement.IsNull(1) ? null : statement.Text(1), statement.Blob(2).ToArray()));
        }

        return messages;
    }

    /// <summary>Adds a message, unless one of its id is there.</summary>
    public void Add(SqliteConnection connection, long number, InboxMessage message)
    {
        using var statement = connection.Prepare(_add);
        statement.Bind(1, number);
        statement.Bind(2, message.Id);
        if (message.ExecutionId is { } execution)
        {
            statement.Bind(3, execution);
        }

        statement.BindBlob(4, message.Event);
        statement.Execute();
    }

    /// <summary>Removes messages.</summary>
    public void Take(SqliteConnection connection, long number, IReadOnlyList<string> ids)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            using var statement = connection.Prepare(_take);
            statement.Bind(1, number);
            statement.Bind(2, ids[i]);
            statement.Execute();
        }
    }

    public bool HasAny(SqliteConnection connection, long number)
    {
        using var statement = connection.Prepare(_any);
        statement.Bind(1, number);
        return statement.Step();
    }

    /// <summary>Removes all, or those for another execution than one.</summary>
    public void Clear(SqliteConnection connection, long number, string? keptExecution = null)
    {
        using var statement = connection.Prepare(keptExecution is null ? _clear : _clearOthers);
        statement.Bind(1, number);
        if (keptExecution is not null)
        {
            statement.Bind(2, keptExecution);
        }

        statement.Execute();
    }
}
