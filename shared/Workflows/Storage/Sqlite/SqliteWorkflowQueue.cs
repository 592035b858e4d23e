using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The statements on free work of all instances.</summary>
internal sealed class SqliteWorkflowQueue(SqliteWorkflowTables tables, SqliteWorkflowItems items, SqliteWorkflowSessions sessions)
{
    // Named, because the planner would rather walk the table in the order of instances.
    private readonly string _earliest = $"SELECT min(due) FROM {tables.Work} INDEXED BY {tables.Index("free")} WHERE app = ?1 AND is_activity = ?2 AND due > ?3 AND owner IS NULL";

    private readonly string _due = $"""
        SELECT w.instance, i.id, w.id, w.kind, w.name, w.due, w.content
        FROM {tables.Work} AS w INDEXED BY {tables.Index("free")} JOIN {tables.Instances} AS i ON i.number = w.instance
        WHERE w.app = ?1 AND w.is_activity = ?2 AND w.due <= ?3 AND w.kind <> ?4 AND w.owner IS NULL
        ORDER BY w.due LIMIT ?5
        """;

    private readonly string _overdue = $"""
        SELECT w.instance, i.id, w.id, w.kind, w.name, w.due, w.content
        FROM {tables.Work} AS w INDEXED BY {tables.Index("free")} JOIN {tables.Instances} AS i ON i.number = w.instance
        WHERE w.app = ?1 AND w.is_activity IN (0, 1) AND w.due < ?2 AND (w.told IS NULL OR w.told < ?2) AND w.owner IS NULL
        ORDER BY w.due LIMIT ?3
        """;

    private readonly string _tell = $"UPDATE {tables.Work} SET told = ?3 WHERE instance = ?1 AND id = ?2";

    private readonly string _owned = $"SELECT count(*) FROM {tables.Work} INDEXED BY {tables.Index("owned")} WHERE app = ?1 AND owner IS NOT NULL AND kind = ?2";

    /// <summary>When the first free items are due, of those that a claim may give out.</summary>
    /// <returns>Whether one is due by now, and when the first one later is.</returns>
    public (bool IsDue, DateTimeOffset? NextDue) Look(SqliteConnection connection, WorkClaim claim)
    {
        var now = claim.Now.UtcTicks;
        var isDue = (claim.MostTurns > 0 && Earliest(connection, 0, -1) <= now) || (claim.MostActivities > 0 && Earliest(connection, 1, -1) <= now);
        var next = Math.Min(Earliest(connection, 0, now), Earliest(connection, 1, now));
        return (isDue, next == long.MaxValue ? null : new DateTimeOffset(next, TimeSpan.Zero));
    }

    /// <summary>Gives out free items that are due.</summary>
    public List<WorkItem> Claim(SqliteConnection connection, WorkClaim claim)
    {
        List<(long Number, WorkItem Item)> found = [];
        if (sessions.IsOpen(connection, claim.Owner))
        {
            FindTurns(connection, claim, found);
            Find(connection, claim, isActivity: true, Room(connection, WorkKind.Activity, claim.MostActivities, claim.MostActivitiesOfAll), null, found);
        }

        List<WorkItem> given = new(found.Count);
        using var savepoint = new SqliteSavepoint(connection);
        foreach (var (number, item) in found)
        {
            items.Give(connection, number, item.WorkId, claim.Owner);
            given.Add(item with { Owner = claim.Owner });
        }

        savepoint.Keep();
        return given;
    }

    /// <summary>Finds items that were due long ago, and notes that they are told of.</summary>
    public List<WorkItem> FindOverdue(SqliteConnection connection, DateTimeOffset before, DateTimeOffset now, int most)
    {
        List<(long Number, WorkItem Item)> found = [];
        using (var statement = connection.Prepare(_overdue))
        {
            statement.Bind(1, tables.App);
            statement.Bind(2, before.UtcTicks);
            statement.Bind(3, most);
            ReadAll(statement, found);
        }

        List<WorkItem> overdue = new(found.Count);
        using var savepoint = new SqliteSavepoint(connection);
        foreach (var (number, item) in found)
        {
            using var tell = connection.Prepare(_tell);
            tell.Bind(1, number);
            tell.Bind(2, item.WorkId);
            tell.Bind(3, now.UtcTicks);
            tell.Execute();
            overdue.Add(item);
        }

        savepoint.Keep();
        return overdue;
    }

    private void FindTurns(SqliteConnection connection, WorkClaim claim, List<(long Number, WorkItem Item)> found)
    {
        if (claim.MostTurnsOfAll is null)
        {
            Find(connection, claim, isActivity: false, claim.MostTurns, null, found);
            return;
        }

        // As if no turn waited beyond those there is room for: the first of all, then the rest without turns.
        var room = Room(connection, WorkKind.Turn, claim.MostTurns, claim.MostTurnsOfAll);
        Find(connection, claim, isActivity: false, room, null, found);
        var last = found.Count;
        Find(connection, claim, isActivity: false, claim.MostTurns, WorkKind.Turn, found);
        for (var i = found.Count - 1; i >= last; i--)
        {
            if (found.FindIndex(0, last, earlier => earlier.Number == found[i].Number && earlier.Item.WorkId == found[i].Item.WorkId) >= 0)
            {
                found.RemoveAt(i);
            }
        }

        if (found.Count > claim.MostTurns)
        {
            found.RemoveRange(claim.MostTurns, found.Count - claim.MostTurns);
        }
    }

    private void Find(SqliteConnection connection, WorkClaim claim, bool isActivity, int most, WorkKind? but, List<(long Number, WorkItem Item)> found)
    {
        if (most <= 0)
        {
            return;
        }

        using var statement = connection.Prepare(_due);
        statement.Bind(1, tables.App);
        statement.Bind(2, isActivity ? 1 : 0);
        statement.Bind(3, claim.Now.UtcTicks);
        statement.Bind(4, but is { } kind ? (long)kind : -1);
        statement.Bind(5, most);
        ReadAll(statement, found);
    }

    /// <summary>How many more items of a kind may be given out.</summary>
    private int Room(SqliteConnection connection, WorkKind kind, int most, int? ofAll)
    {
        if (ofAll is null)
        {
            return most;
        }

        using var statement = connection.Prepare(_owned);
        statement.Bind(1, tables.App);
        statement.Bind(2, (long)kind);
        statement.Step();
        return (int)Math.Min(most, ofAll.Value - statement.Int64(0));
    }

    private long Earliest(SqliteConnection connection, int isActivity, long after)
    {
        using var statement = connection.Prepare(_earliest);
        statement.Bind(1, tables.App);
        statement.Bind(2, isActivity);
        statement.Bind(3, after);
        return statement.Step() && !statement.IsNull(0) ? statement.Int64(0) : long.MaxValue;
    }

    private static void ReadAll(SqliteStatement statement, List<(long Number, WorkItem Item)> found)
    {
        while (statement.Step())
        {
            found.Add((statement.Int64(0), new WorkItem
            {
                InstanceId = statement.Text(1),
                WorkId = statement.Text(2),
                Kind = (WorkKind)statement.Int64(3),
                Name = statement.Text(4),
                Due = new DateTimeOffset(statement.Int64(5), TimeSpan.Zero),
                Content = statement.Blob(6).ToArray(),
            }));
        }
    }
}
