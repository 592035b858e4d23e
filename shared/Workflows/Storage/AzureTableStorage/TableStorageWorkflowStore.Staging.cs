using System.Globalization;
using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <content>
/// Commits that do not fit into one transaction. What nobody has to see at once is written to rows of the commit's own first, which mean nothing until
/// the instance's row names them; from then on it is committed, and whoever reads the instance makes the changes, as often as it takes, before anything else.
/// </content>
internal sealed partial class TableStorageWorkflowStore
{
    private const int StagedRowsOfBatch = 3;

    private static string StagedPrefix(string attempt) => $"{WorkflowTableKeys.Staged}{attempt}-";

    /// <summary>Commits a large turn. A refusal leaves nothing behind that anyone sees.</summary>
    private async ValueTask<TableBatchResult?> SendStagedAsync(TurnCommit commit, TurnPlan plan, CommitFacts facts, CancellationToken cancellationToken)
    {
        var (id, name) = (commit.Record.InstanceId, facts.Attempt.ToString("N"));
        var aside = plan.Guards.Count <= MostTaken ? [] : plan.Guards.Where(guard => guard.Key.RowKey.StartsWith(WorkflowTableKeys.Work, StringComparison.Ordinal)).ToList();
        var guards = plan.Guards.Except(aside).ToList();
        List<TableOperation> rest = [.. aside.Select(Unconditional), .. plan.Rest];
        var content = StagedChanges.Write(rest);
        List<TableEntity> rows = [];
        for (var start = 0; start < content.Length; start += PayloadRowBytes)
        {
            List<TableProperty> properties = [new("Pending", true), new("Instance", id)];
            properties.Add("Part", content.AsMemory(start, Math.Min(PayloadRowBytes, content.Length - start)));
            rows.Add(new TableEntity(_keys.Row(id, string.Create(CultureInfo.InvariantCulture, $"{StagedPrefix(name)}{rows.Count:D4}")), properties));
        }

        foreach (var chunk in rows.Chunk(StagedRowsOfBatch))
        {
            var batch = new TableBatch();
            Array.ForEach(chunk, row => batch.Add(TableOperation.InsertOrReplace(row)));
            await _table.ChangeAsync(batch, cancellationToken);
        }

        var refused = await SetAsideAsync(aside, cancellationToken);
        if (refused is not null)
        {
            refused = refused with { Failed = plan.Guards.IndexOf(aside[refused.Failed]) };
        }
        else
        {
            var meta = guards[0];
            guards[0] = TableOperation.Merge(
                new TableEntity(meta.Key, [.. meta.Properties.Where(property => property.Name != "Pending"), new("Pending", true), new("Staged", name), new("StagedDone", 0)]),
                meta.Condition!.Value);
            var sent = await SendAsync(id, guards, facts.Attempt, cancellationToken);
            if (sent is null || sent.Outcome == TableOutcome.Done)
            {
                return sent;
            }

            refused = sent with { Failed = plan.Guards.FindIndex(guard => guard.Key == guards[sent.Failed].Key) };
        }

        // Only when it is certain that it was not made; otherwise a repair looks.
        await _table.ChangeLooselyAsync(rows.Select(row => TableOperation.Delete(row.Key, TableCondition.Exists)), cancellationToken);
        return refused;
    }

    private static TableOperation Unconditional(TableOperation operation) => operation.Verb == TableVerb.Delete
        ? TableOperation.Delete(operation.Key, TableCondition.Exists)
        : TableOperation.Replace(new TableEntity(operation.Key, operation.Properties), TableCondition.Exists);

    /// <summary>Marks items that the commit takes, so that nobody frees them before it is decided; a refusal when one is not the owner's any more.</summary>
    private async ValueTask<TableBatchResult?> SetAsideAsync(List<TableOperation> items, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var chunk in items.Chunk(TableLimits.BatchOperations))
        {
            var batch = new TableBatch();
            Array.ForEach(chunk, item => batch.Add(TableOperation.Merge(new TableEntity(item.Key, [new("Aside", true)]), item.Condition!.Value)));
            var result = await _table.ChangeAsync(batch, cancellationToken);
            if (result.Outcome != TableOutcome.Done)
            {
                return result with { Failed = done + result.Failed };
            }

            done += chunk.Length;
        }

        return null;
    }

    /// <summary>Makes the changes that a commit staged. Each transaction counts them in the instance's row, so that each is made once, whoever is at it.</summary>
    private async ValueTask ApplyStagedAsync(string instanceId, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await ReadMetaAsync(instanceId, cancellationToken) is not { Staged.Length: > 0 } meta)
            {
                return;
            }

            var partition = _keys.Partition(instanceId);
            var rows = await _table.ListAsync(TableFilter.RowPrefix(partition, StagedPrefix(meta.Staged)), cancellationToken);
            var present = (await _table.ListAsync(TableFilter.Partition(partition), cancellationToken, "RowKey")).Select(row => row.Key.RowKey).ToHashSet(StringComparer.Ordinal);
            if (rows.Count > 0 && await ApplyAsync(meta, rows, present, cancellationToken))
            {
                return;
            }
        }

        throw Contended(instanceId);
    }

    private async ValueTask<bool> ApplyAsync(WorkflowMetaRow meta, List<TableEntity> rows, HashSet<string> present, CancellationToken cancellationToken)
    {
        var key = _keys.Row(meta.Record.InstanceId, WorkflowTableKeys.Meta);
        var changes = StagedChanges.Read(key.PartitionKey, [.. rows.SelectMany(row => row.Bytes("Part").ToArray())]);
        var (etag, done) = (meta.ETag, meta.StagedDone);
        while (true)
        {
            var isLast = done >= changes.Count;
            List<TableOperation> batch = [];
            for (var size = 0L; done < changes.Count && batch.Count < TableLimits.BatchOperations - 1; done++)
            {
                // An item that is there already is left as it is, and one that is gone need not be removed.
                var change = changes[done];
                var isThere = present.Contains(change.Key.RowKey);
                if (change.Verb == TableVerb.Delete ? !isThere : change.Verb == TableVerb.Insert && isThere)
                {
                    continue;
                }

                size += TurnPlan.SizeOf(change);
                if (size > TurnPlan.MostBytes && batch.Count > 0)
                {
                    break;
                }

                batch.Add(change.Verb == TableVerb.Replace ? TableOperation.InsertOrReplace(new TableEntity(change.Key, change.Properties)) : change);
            }

            TableProperty[] state = isLast ? [new("Staged", ""), new("Pending", !meta.IsListed)] : [new("StagedDone", done)];
            if (isLast)
            {
                batch.AddRange(rows.Take(TableLimits.BatchOperations - 1).Select(row => TableOperation.Delete(row.Key, TableCondition.Exists)));
            }

            var whole = new TableBatch();
            foreach (var operation in batch.Prepend(TableOperation.Merge(new TableEntity(key, state), TableCondition.ETag(etag))))
            {
                whole.Add(operation);
            }

            var result = await _table.ChangeAsync(whole, cancellationToken);
            if (result.Outcome != TableOutcome.Done)
            {
                return false;
            }

            if (isLast)
            {
                return true;
            }

            etag = result.ETags[0]!;
        }
    }
}
