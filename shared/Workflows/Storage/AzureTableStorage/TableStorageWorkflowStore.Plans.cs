using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>What a commit changes.</content>
internal sealed partial class TableStorageWorkflowStore
{
    private TurnPlan Plan(TurnCommit commit, WorkflowView view, CommitFacts facts)
    {
        var consumed = commit.Consumed.ToHashSet(StringComparer.Ordinal);
        IReadOnlyCollection<string> inbox = commit.Ends ? [] : view.Inbox.Where(id => !consumed.Contains(id)).ToArray();
        var plan = new TurnPlan
        {
            Inbox = inbox,
            Meta = view.Meta with
            {
                Record = commit.Record,
                Epoch = commit.ReplacesHistory ? view.Meta.Epoch + 1 : view.Meta.Epoch,
                Attempt = facts.Attempt,
                HistoryVersion = commit.History.Count > 0 ? commit.Record.Version : commit.ReplacesHistory ? 0 : view.Meta.HistoryVersion,
                IsListed = view.Meta.IsListed || facts.IsListed,
            },
        };
        AddMeta(plan, commit, view);
        AddGuard(plan, commit, view, inbox);
        AddWork(plan, commit, facts);
        var id = commit.Record.InstanceId;
        var previous = commit.ReplacesHistory ? 0 : view.Meta.HistoryVersion;
        foreach (var row in WorkflowHistoryRows.Create(_keys.Partition(id), plan.Meta.Epoch, commit.Record.Version, previous, commit.History))
        {
            plan.HistoryRows.Add(row.Key.RowKey);
            plan.Rest.Add(TableOperation.Insert(row));
        }

        foreach (var message in commit.Ends ? view.Inbox : view.Inbox.Where(consumed.Contains))
        {
            plan.Rest.Add(TableOperation.Delete(_keys.Row(id, WorkflowTableKeys.Inbox + message), TableCondition.Exists));
        }

        if (commit.ReplacesHistory)
        {
            plan.Rest.AddRange(facts.OldHistory.Select(row => TableOperation.Delete(_keys.Row(id, row), TableCondition.Exists)));
        }

        return plan;
    }

    private void AddMeta(TurnPlan plan, TurnCommit commit, WorkflowView view)
    {
        List<TableProperty> properties = [];
        WorkflowMetaRow.AddTurn(properties, commit.Record, plan.Meta.Attempt, plan.Meta.HistoryVersion);
        if (commit.ReplacesHistory)
        {
            WorkflowMetaRow.AddExecution(properties, commit.Record, plan.Meta.Epoch);
        }

        WorkflowMetaRow.AddRepair(properties, plan.Meta.IsListed, isPending: !plan.Meta.IsListed);
        plan.Guards.Add(TableOperation.Merge(new TableEntity(_keys.Row(commit.Record.InstanceId, WorkflowTableKeys.Meta), properties), TableCondition.ETag(view.Meta.ETag)));
    }

    private void AddGuard(TurnPlan plan, TurnCommit commit, WorkflowView view, IReadOnlyCollection<string> inbox)
    {
        var id = commit.Record.InstanceId;
        var (key, turnKey) = (_keys.Row(id, WorkflowTableKeys.Guard), _keys.Row(id, WorkflowTableKeys.Turn));
        var guard = view.Guard;
        if (commit.Ends)
        {
            if (guard is not null)
            {
                plan.Guards.Add(TableOperation.Delete(key, TableCondition.ETag(guard.ETag)));
                RemoveTurn(plan, turnKey, guard);
            }

            return;
        }

        if (guard is null && commit.Record.HasEnded)
        {
            return;
        }

        // As long as messages are left nobody removes the turn item, so that others may append meanwhile.
        plan.HasGuard = inbox.Count == 0 || commit.ReplacesHistory || guard is null;
        if (plan.HasGuard)
        {
            var row = WorkflowGuard.Create(key, commit.Record);
            plan.Guards.Add(guard is null ? TableOperation.Insert(row) : TableOperation.Merge(row, TableCondition.ETag(guard.ETag)));
        }

        if (inbox.Count > 0)
        {
            plan.TurnOwner = guard!.TurnOwner;
            if (guard.TurnOwner == Guid.Empty)
            {
                (plan.TurnAt, plan.TurnOwner) = (plan.Guards.Count, commit.Owner);
                plan.Guards.Add(guard.TurnETag is null
                    ? TableOperation.Insert(WorkflowWorkRow.Create(turnKey, WorkflowGuard.Item(id, commit.Record.Name, commit.Owner, _time.GetUtcNow())))
                    : WorkflowWorkRow.Own(turnKey, commit.Owner, guard.TurnETag));
            }
        }
        else if (commit.NewWork.FirstOrDefault(item => item.WorkId == WorkItem.TurnId) is { } turn)
        {
            (plan.TurnAt, plan.TurnOwner) = (plan.Guards.Count, turn.Owner ?? Guid.Empty);
            var row = WorkflowWorkRow.Create(turnKey, turn);
            plan.Guards.Add(guard?.TurnETag is { } etag ? TableOperation.Replace(row, TableCondition.ETag(etag)) : TableOperation.Insert(row));
        }
        else if (guard is not null)
        {
            RemoveTurn(plan, turnKey, guard);
        }
    }

    private static void RemoveTurn(TurnPlan plan, TableKey key, WorkflowGuard guard)
    {
        if (guard.TurnETag is { } etag)
        {
            plan.TurnAt = plan.Guards.Count;
            plan.Guards.Add(TableOperation.Delete(key, TableCondition.ETag(etag)));
        }
    }

    private void AddWork(TurnPlan plan, TurnCommit commit, CommitFacts facts)
    {
        var id = commit.Record.InstanceId;
        Dictionary<string, TableCondition> removed = new(StringComparer.Ordinal);
        foreach (var workId in commit.CancelledWork.Where(workId => facts.MayBeThere(workId)))
        {
            removed[workId] = TableCondition.Exists;
        }

        if (commit.Ends || commit.ReplacesHistory)
        {
            foreach (var (workId, _) in facts.Work!.Where(pair => WorkflowWorkRow.EndsWithExecution(pair.Value)))
            {
                removed[workId] = TableCondition.Exists;
            }
        }

        foreach (var item in commit.CompletedWork)
        {
            removed[item.WorkId] = facts.Taken.TryGetValue(item.WorkId, out var etag) ? TableCondition.ETag(etag) : TableCondition.Exists;
        }

        foreach (var item in commit.NewWork.Where(item => item.WorkId != WorkItem.TurnId).DistinctBy(item => item.WorkId))
        {
            var row = WorkflowWorkRow.Create(_keys.WorkRow(id, item.WorkId), item);
            if (removed.Remove(item.WorkId, out var condition))
            {
                (condition == TableCondition.Exists ? plan.Rest : plan.Guards).Add(TableOperation.Replace(row, condition));
            }
            else if (!facts.IsWorkRead || !facts.Work!.ContainsKey(item.WorkId))
            {
                plan.Rest.Add(TableOperation.Insert(row));
            }
        }

        foreach (var (workId, condition) in removed)
        {
            (condition == TableCondition.Exists ? plan.Rest : plan.Guards).Add(TableOperation.Delete(_keys.WorkRow(id, workId), condition));
        }
    }
}
