using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>Turns are committed: one request where the process knows the instance and the turn fits into one transaction.</content>
internal sealed partial class TableStorageWorkflowStore
{
    // Up to so many items' results are taken in one transaction with the rest; more are marked before.
    private const int MostTaken = 80;
    private const int FewReads = 3;

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(TurnCommit commit, CancellationToken cancellationToken)
    {
        var id = commit.Record.InstanceId;
        var memory = _known.Of(id);
        var facts = new CommitFacts { IsListed = memory.IsListed };
        try
        {
            var view = memory.View is { } known && Expects(commit, known) ? known : null;
            for (var attempt = 0; attempt < MostAttempts; attempt++)
            {
                if (view is null)
                {
                    view = await ReadViewAsync(id, cancellationToken);
                    if (view is null || !Expects(commit, view))
                    {
                        memory.Forget();
                        return new CommitResult(CommitOutcome.Conflict);
                    }

                    memory.Learn(view);
                }

                if (!await FindTakenAsync(commit, memory, facts, cancellationToken))
                {
                    return new CommitResult(CommitOutcome.WorkLost);
                }

                await FindWorkAsync(commit, memory, facts, cancellationToken);
                var plan = Plan(commit, view, facts);
                var result = plan.IsSmall
                    ? await SendAsync(id, plan.Guards.Concat(plan.Rest), facts.Attempt, cancellationToken)
                    : await SendStagedAsync(commit, plan, facts, cancellationToken);
                if (result is null || result.Outcome == TableOutcome.Done)
                {
                    await AcceptAsync(commit, view, plan, result, memory, cancellationToken);
                    return new CommitResult(CommitOutcome.Committed, plan.Inbox.Count > 0);
                }

                view = Reconsider(commit, plan, result, memory, facts) ? null : view;
            }
        }
        catch
        {
            memory.Forget();
            throw;
        }

        throw Contended(id);
    }

    private static bool Expects(TurnCommit commit, WorkflowView view) =>
        view.Meta.Record.Version == commit.Record.Version - 1 && view.Meta.Record.ExecutionId == commit.ExpectedExecutionId;

    /// <summary>Learns from a refusal; true when the guards have to be read again.</summary>
    private static bool Reconsider(TurnCommit commit, TurnPlan plan, TableBatchResult result, KnownInstance memory, CommitFacts facts)
    {
        if (!plan.IsSmall)
        {
            // What was set aside has another version.
            facts.Taken.Clear();
            foreach (var item in commit.CompletedWork)
            {
                memory.DoubtWork(item.WorkId);
            }
        }

        var failed = result.Failed < plan.Guards.Count ? plan.Guards[result.Failed] : plan.Rest[result.Failed - plan.Guards.Count];
        var row = failed.Key.RowKey;
        if (row.StartsWith(WorkflowTableKeys.Work, StringComparison.Ordinal))
        {
            var workId = row[WorkflowTableKeys.Work.Length..];
            if (result.Failed < plan.Guards.Count && commit.CompletedWork.Any(item => item.WorkId == workId))
            {
                facts.Taken.Remove(workId);
                memory.DoubtWork(workId);
            }
            else
            {
                // There are more items than this process knows, or fewer.
                memory.DoubtWork();
                (facts.Work, facts.IsWorkRead, facts.NeedsWork) = (null, false, true);
            }

            return false;
        }

        facts.OldHistory = [];
        return true;
    }

    /// <summary>Finds the versions of the items whose results are taken; false when the owner has not all of them.</summary>
    private async ValueTask<bool> FindTakenAsync(TurnCommit commit, KnownInstance memory, CommitFacts facts, CancellationToken cancellationToken)
    {
        List<string> unknown = [];
        foreach (var item in commit.CompletedWork.Where(item => !facts.Taken.ContainsKey(item.WorkId)))
        {
            if (memory.ETagOf(item.WorkId, commit.Owner) is { } etag)
            {
                facts.Taken[item.WorkId] = etag;
            }
            else
            {
                unknown.Add(item.WorkId);
            }
        }

        if (unknown.Count == 0)
        {
            return true;
        }

        var id = commit.Record.InstanceId;
        var rows = unknown.Count <= FewReads
            ? await Task.WhenAll(unknown.Select(workId => _table.GetAsync(_keys.WorkRow(id, workId), cancellationToken).AsTask()))
            : (IReadOnlyList<TableEntity?>)await _table.ListAsync(TableFilter.RowPrefix(_keys.Partition(id), WorkflowTableKeys.Work), cancellationToken, WorkflowWorkRow.Brief);
        foreach (var row in rows)
        {
            if (row is not null && row.Guid("Owner") == commit.Owner && unknown.Remove(row.Text("Work")))
            {
                facts.Taken[row.Text("Work")] = row.ETag!;
            }
        }

        return unknown.Count == 0;
    }

    // What ends with the execution has to be known by name; otherwise a refusal tells that something must be known.
    private async ValueTask FindWorkAsync(TurnCommit commit, KnownInstance memory, CommitFacts facts, CancellationToken cancellationToken)
    {
        var id = commit.Record.InstanceId;
        facts.Work ??= memory.AllWork();
        if (facts.Work is null && (commit.Ends || commit.ReplacesHistory || facts.NeedsWork))
        {
            var rows = await _table.ListAsync(TableFilter.RowPrefix(_keys.Partition(id), WorkflowTableKeys.Work), cancellationToken, WorkflowWorkRow.Brief);
            facts.Work = rows.ToDictionary(row => row.Text("Work"), row => (WorkKind)row.Int32("Kind"), StringComparer.Ordinal);
            facts.IsWorkRead = true;
        }

        if (commit.ReplacesHistory && facts.OldHistory.Count == 0)
        {
            facts.OldHistory = memory.HistoryRows()
                ?? [.. (await _table.ListAsync(TableFilter.RowPrefix(_keys.Partition(id), WorkflowTableKeys.History), cancellationToken, "RowKey")).Select(row => row.Key.RowKey)];
        }
    }

    /// <summary>Sends one transaction; null when its answer got lost and it has been made.</summary>
    private async ValueTask<TableBatchResult?> SendAsync(string instanceId, IEnumerable<TableOperation> operations, Guid attempt, CancellationToken cancellationToken)
    {
        var batch = new TableBatch();
        foreach (var operation in operations)
        {
            batch.Add(operation);
        }

        try
        {
            return await _table.ChangeAsync(batch, cancellationToken);
        }
        catch (WorkflowStoreException fault) when (fault.InnerException is AzureException { IsFateUnknown: true })
        {
            if ((await ReadMetaAsync(instanceId, cancellationToken))?.Attempt == attempt)
            {
                return null;
            }

            // Not made so far. It may still be under way: sent again, only one of the two can find the guards as they are.
            var again = await _table.ChangeAsync(batch, cancellationToken);
            return again.Outcome != TableOutcome.Done && (await ReadMetaAsync(instanceId, cancellationToken))?.Attempt == attempt ? null : again;
        }
    }

    private async ValueTask AcceptAsync(TurnCommit commit, WorkflowView view, TurnPlan plan, TableBatchResult? result, KnownInstance memory, CancellationToken cancellationToken)
    {
        if (result is null || !plan.IsSmall)
        {
            memory.Forget();
        }
        else
        {
            Remember(commit, view, plan, result, memory);
        }

        try
        {
            if (!plan.IsSmall)
            {
                await ApplyStagedAsync(commit.Record.InstanceId, cancellationToken);
            }
        }
        finally
        {
            // The commit is made, whatever becomes of the rest.
            var free = commit.NewWork.Where(item => item.Owner is null && (item.WorkId != WorkItem.TurnId || plan.TurnOwner == Guid.Empty)).ToList();
            if (free.Count > 0)
            {
                await _index.PutReadyAsync(free);
            }
        }
    }

    private static void Remember(TurnCommit commit, WorkflowView view, TurnPlan plan, TableBatchResult result, KnownInstance memory)
    {
        WorkflowGuard? guard = null;
        if (!commit.Ends && (view.Guard is not null || plan.HasGuard))
        {
            var (from, isKept) = (view.Guard, plan.TurnAt < 0);
            guard = new WorkflowGuard
            {
                ETag = plan.HasGuard ? result.ETags[1]! : from!.ETag,
                Execution = commit.Record.ExecutionId,
                Name = commit.Record.Name,
                TurnETag = isKept ? from?.TurnETag : result.ETags[plan.TurnAt],
                TurnOwner = plan.TurnOwner ?? Guid.Empty,
            };
        }

        var next = new WorkflowView(plan.Meta with { ETag = result.ETags[0]! }, guard, plan.Inbox);
        for (var at = 0; at < plan.Guards.Count + plan.Rest.Count; at++)
        {
            var operation = at < plan.Guards.Count ? plan.Guards[at] : plan.Rest[at - plan.Guards.Count];
            if (operation.Key.RowKey.StartsWith(WorkflowTableKeys.Work, StringComparison.Ordinal) && operation.Verb == TableVerb.Delete)
            {
                memory.ForgetWork(operation.Key.RowKey[WorkflowTableKeys.Work.Length..]);
            }
            else if (operation.Key.RowKey.StartsWith(WorkflowTableKeys.Work, StringComparison.Ordinal))
            {
                var row = new TableEntity(operation.Key, operation.Properties);
                memory.LearnWork(row.Text("Work"), new KnownWork(result.ETags[at]!, row.Guid("Owner"), (WorkKind)row.Int32("Kind")));
            }
        }

        memory.Learn(next, commit.ReplacesHistory, plan.HistoryRows);
    }
}
