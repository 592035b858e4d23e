using Serverless.Components.Clients.Sqlite;

namespace Serverless.Components.Workflows.Storage.Sqlite;

/// <summary>The changes of an instance, each within the writer's transaction.</summary>
internal sealed class SqliteWorkflowTurns(SqliteWorkflowInstances instances, SqliteWorkflowInbox inbox, SqliteWorkflowItems items, SqliteWorkflowPayloads payloads)
{
    public CreateOutcome Create(SqliteConnection connection, NewWorkflow workflow)
    {
        var present = instances.Find(connection, workflow.Record.InstanceId);
        if (present is { } there && (there.CreatedBy == workflow.First.Id || !there.HasEnded))
        {
            return there.CreatedBy == workflow.First.Id ? CreateOutcome.Created : CreateOutcome.IsActive;
        }

        using var savepoint = new SqliteSavepoint(connection);
        if (present is { } ended)
        {
            Clear(connection, ended.Number);
            payloads.RemoveAll(connection, workflow.Record.InstanceId, workflow.KeptPayloads);
        }

        var number = instances.Create(connection, workflow, present?.Number);
        inbox.Add(connection, number, workflow.First);
        items.AddTurn(connection, number, workflow);
        savepoint.Keep();
        return CreateOutcome.Created;
    }

    public AppendOutcome Append(SqliteConnection connection, string instanceId, InboxMessage message, Guid? owner)
    {
        if (instances.Find(connection, instanceId) is not { } head)
        {
            return AppendOutcome.NotFound;
        }

        if (!head.Takes(message))
        {
            return AppendOutcome.Dropped;
        }

        using var savepoint = new SqliteSavepoint(connection);
        inbox.Add(connection, head.Number, message);
        var isOwned = items.EnsureTurn(connection, head.Number, head.Name, owner);
        savepoint.Keep();
        return isOwned ? AppendOutcome.Owned : AppendOutcome.Appended;
    }

    /// <summary>Commits a turn. Asked again it finds its own version and is a conflict.</summary>
    public CommitResult Commit(SqliteConnection connection, TurnCommit turn)
    {
        if (instances.Find(connection, turn.Record.InstanceId) is not { } head
            || head.Version != turn.Record.Version - 1
            || head.ExecutionId != turn.ExpectedExecutionId)
        {
            return new CommitResult(CommitOutcome.Conflict);
        }

        using var savepoint = new SqliteSavepoint(connection);
        for (var i = 0; i < turn.CompletedWork.Count; i++)
        {
            if (!items.Complete(connection, head.Number, turn.CompletedWork[i].WorkId, turn.Owner))
            {
                return new CommitResult(CommitOutcome.WorkLost);
            }
        }

        for (var i = 0; i < turn.CancelledWork.Count; i++)
        {
            items.Remove(connection, head.Number, turn.CancelledWork[i]);
        }

        instances.Advance(connection, head.Number, turn.Record);
        inbox.Take(connection, head.Number, turn.Consumed);
        Turn(connection, head, turn);
        instances.Append(connection, head.Number, turn.Record.Version, turn.History);
        var hasMore = inbox.HasAny(connection, head.Number);
        if (hasMore)
        {
            items.EnsureTurn(connection, head.Number, turn.Record.Name, turn.Owner);
        }
        else
        {
            items.Remove(connection, head.Number, WorkItem.TurnId);
        }

        items.Add(connection, head.Number, turn.NewWork);
        savepoint.Keep();
        return new CommitResult(CommitOutcome.Committed, hasMore);
    }

    /// <summary>Removes an item with its result.</summary>
    public bool Complete(SqliteConnection connection, WorkItem item, Guid owner, InboxMessage? result)
    {
        if (instances.Find(connection, item.InstanceId) is not { } head)
        {
            return false;
        }

        using var savepoint = new SqliteSavepoint(connection);
        if (!items.Complete(connection, head.Number, item.WorkId, owner))
        {
            return false;
        }

        if (result is not null && head.Takes(result))
        {
            inbox.Add(connection, head.Number, result);
            items.EnsureTurn(connection, head.Number, head.Name, owner);
        }

        savepoint.Keep();
        return true;
    }

    public bool Purge(SqliteConnection connection, string instanceId, long version)
    {
        if (instances.Find(connection, instanceId) is not { } head)
        {
            return true;
        }

        if (head.Version != version || items.HasMessage(connection, head.Number))
        {
            return false;
        }

        using var savepoint = new SqliteSavepoint(connection);
        Clear(connection, head.Number);
        payloads.RemoveAll(connection, instanceId, []);
        instances.Remove(connection, head.Number);
        savepoint.Keep();
        return true;
    }

    private void Turn(SqliteConnection connection, in SqliteWorkflowHead head, TurnCommit turn)
    {
        if (turn.ReplacesHistory)
        {
            instances.Restart(connection, head.Number, turn.Record.Start);
            inbox.Clear(connection, head.Number, turn.Record.ExecutionId);
        }

        if (turn.Ends)
        {
            inbox.Clear(connection, head.Number);
        }

        if (turn.ReplacesHistory || turn.Ends)
        {
            items.RemoveOfExecution(connection, head.Number);
        }
    }

    private void Clear(SqliteConnection connection, long number)
    {
        instances.Forget(connection, number);
        inbox.Clear(connection, number);
        items.RemoveAll(connection, number);
    }
}
