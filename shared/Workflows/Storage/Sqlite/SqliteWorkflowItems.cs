using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The statements on work items of one instance. An owner is always a session that is open.</summary>
internal sealed class SqliteWorkflowItems(SqliteWorkflowTables tables, SqliteWorkflowSessions sessions, TimeProvider time)
{
    private readonly string _find = $"SELECT kind, name, due, owner, content FROM {tables.Work} WHERE instance = ?1 AND id = ?2";

    private readonly string _owner = $"SELECT owner FROM {tables.Work} WHERE instance = ?1 AND id = ?2";

    private readonly string _add = $"""
        INSERT INTO {tables.Work} (instance, id, app, kind, is_activity, name, due, owner, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (instance, id) DO NOTHING
        """;

    private readonly string _give = $"UPDATE {tables.Work} SET owner = ?3 WHERE instance = ?1 AND id = ?2";

    private readonly string _complete = $"DELETE FROM {tables.Work} WHERE instance = ?1 AND id = ?2 AND owner = ?3";

    private readonly string _release = $"UPDATE {tables.Work} SET owner = NULL, due = ?4, told = NULL WHERE instance = ?1 AND id = ?2 AND owner = ?3";

    private readonly string _remove = $"DELETE FROM {tables.Work} WHERE instance = ?1 AND id = ?2";

    private readonly string _removeKinds = $"DELETE FROM {tables.Work} WHERE instance = ?1 AND kind IN ({(int)WorkKind.Activity}, {(int)WorkKind.Timer})";

    private readonly string _removeAll = $"DELETE FROM {tables.Work} WHERE instance = ?1 AND kind <> {(int)WorkKind.Message}";

    private readonly string _anyMessage = $"SELECT 1 FROM {tables.Work} WHERE instance = ?1 AND kind = {(int)WorkKind.Message} LIMIT 1";

    /// <summary>Makes sure of an instance's turn item.</summary>
    /// <returns>True when it is the owner's.</returns>
    public bool EnsureTurn(SqliteConnection connection, long number, string name, Guid? owner)
    {
        var isThere = false;
        using (var statement = Bind(connection, _owner, number, WorkItem.TurnId))
        {
            isThere = statement.Step();
            if (isThere && !statement.IsNull(0))
            {
                return owner is { } asked && new Guid(statement.Blob(0)) == asked;
            }
        }

        var taker = Alive(connection, owner);
        if (!isThere)
        {
            AddTurn(connection, number, name, taker, time.GetUtcNow());
        }
        else if (taker is { } session)
        {
            Give(connection, number, WorkItem.TurnId, session);
        }

        return taker is not null;
    }

    /// <summary>Adds the turn item of a new instance.</summary>
    public void AddTurn(SqliteConnection connection, long number, NewWorkflow workflow) =>
        AddTurn(connection, number, workflow.Record.Name, Alive(connection, workflow.Owner), workflow.Due);

    /// <summary>Adds items, save those that are there already.</summary>
    public void Add(SqliteConnection connection, long number, IReadOnlyList<WorkItem> items)
    {
        // Nearly always one owner.
        Guid? asked = null, taker = null;
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (item.Owner is not null && item.Owner != asked)
            {
                asked = item.Owner;
                taker = Alive(connection, asked);
            }

            Add(connection, number, item, item.Owner is null ? null : taker);
        }
    }

    /// <summary>Reads an item and gives it to a session; null when it is gone or someone else's.</summary>
    public WorkItem? Claim(SqliteConnection connection, long number, string instanceId, string workId, Guid owner)
    {
        WorkItem item;
        bool isFree;
        using (var statement = Bind(connection, _find, number, workId))
        {
            if (!statement.Step())
            {
                return null;
            }

            isFree = statement.IsNull(3);
            if (!isFree && new Guid(statement.Blob(3)) != owner)
            {
                return null;
            }

            item = new WorkItem
            {
                InstanceId = instanceId,
                WorkId = workId,
                Kind = (WorkKind)statement.Int64(0),
                Name = statement.Text(1),
                Due = new DateTimeOffset(statement.Int64(2), TimeSpan.Zero),
                Owner = owner,
                Content = statement.Blob(4).ToArray(),
            };
        }

        if (isFree)
        {
            if (!sessions.IsOpen(connection, owner))
            {
                return null;
            }

            Give(connection, number, workId, owner);
        }

        return item;
    }

    /// <summary>Gives an item to a session.</summary>
    public void Give(SqliteConnection connection, long number, string workId, Guid owner)
    {
        using var statement = Bind(connection, _give, number, workId);
        statement.Bind(3, owner);
        statement.Execute();
    }

    /// <summary>Removes an item that an owner has.</summary>
    /// <returns>False when it is gone or someone else's.</returns>
    public bool Complete(SqliteConnection connection, long number, string workId, Guid owner)
    {
        using var statement = Bind(connection, _complete, number, workId);
        statement.Bind(3, owner);
        return statement.Execute() > 0;
    }

    /// <summary>Frees an item that an owner has.</summary>
    public void Release(SqliteConnection connection, long number, WorkItem item, Guid owner)
    {
        using var statement = Bind(connection, _release, number, item.WorkId);
        statement.Bind(3, owner);
        statement.Bind(4, item.Due.UtcTicks);
        statement.Execute();
    }

    /// <summary>Removes an item, whoever has it.</summary>
    public void Remove(SqliteConnection connection, long number, string workId)
    {
        using var statement = Bind(connection, _remove, number, workId);
        statement.Execute();
    }

    /// <summary>Removes the activities and timers.</summary>
    public void RemoveOfExecution(SqliteConnection connection, long number) => Run(connection, _removeKinds, number);

    /// <summary>Removes all but messages, which are still brought to others.</summary>
    public void RemoveAll(SqliteConnection connection, long number) => Run(connection, _removeAll, number);

    /// <summary>True while a message is on its way.</summary>
    public bool HasMessage(SqliteConnection connection, long number)
    {
        using var statement = connection.Prepare(_anyMessage);
        statement.Bind(1, number);
        return statement.Step();
    }

    private Guid? Alive(SqliteConnection connection, Guid? owner) => owner is { } session && sessions.IsOpen(connection, session) ? owner : null;

    private void AddTurn(SqliteConnection connection, long number, string name, Guid? owner, DateTimeOffset due) => Add(
        connection, number, new WorkItem { InstanceId = "", WorkId = WorkItem.TurnId, Kind = WorkKind.Turn, Name = name, Due = due }, owner);

    private void Add(SqliteConnection connection, long number, WorkItem item, Guid? owner)
    {
        using var statement = Bind(connection, _add, number, item.WorkId);
        statement.Bind(3, tables.App);
        statement.Bind(4, (long)item.Kind);
        statement.Bind(5, item.Kind == WorkKind.Activity ? 1 : 0);
        statement.Bind(6, item.Name);
        statement.Bind(7, item.Due.UtcTicks);
        if (owner is { } session)
        {
            statement.Bind(8, session);
        }

        statement.BindBlob(9, item.Content);
        statement.Execute();
    }

    private static SqliteStatement Bind(SqliteConnection connection, string sql, long number, string workId)
    {
        var statement = connection.Prepare(sql);
        statement.Bind(1, number);
        statement.Bind(2, workId);
        return statement;
    }

    private static void Run(SqliteConnection connection, string sql, long number)
    {
        using var statement = connection.Prepare(sql);
        statement.Bind(1, number);
        statement.Execute();
    }
}
