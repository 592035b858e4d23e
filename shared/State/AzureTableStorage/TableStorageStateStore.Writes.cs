using Serverless.Components.Clients.AzureStorage.Tables;

namespace Serverless.Components.State.AzureTableStorage;

/// <content>Writes.</content>
internal partial class TableStorageStateStore
{
    private const int ReadsAtOnce = 16;

    /// <summary>Applies operations in order, all or none; they are all in one partition.</summary>
    private protected async ValueTask<StateResult> ChangeAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        try
        {
            var fault = Fold(operations, out var changes);
            return fault.Outcome == StateOutcome.Done ? await ApplyAsync(changes, cancellationToken) : fault;
        }
        catch (TableLimitException limit)
        {
            return StateResult.Rejected(limit.Message);
        }
    }

    private static string KeyOf(StateOperation operation) => operation.Set?.Key ?? operation.Delete!.Key;

    private StateResult Fold(IReadOnlyList<StateOperation> operations, out List<TableStateChange> changes)
    {
        changes = new(operations.Count);
        var partition = _keys.Map(KeyOf(operations[0])).PartitionKey;
        Dictionary<string, TableStateChange>? byRow = operations.Count > 1 ? new(StringComparer.Ordinal) : null;
        foreach (var operation in operations)
        {
            var key = _keys.Map(KeyOf(operation));
            if (key.PartitionKey != partition)
            {
                return StateResult.Rejected(
                    $"a transaction changes keys of one partition only, which is what stands before '{StateKeyPrefix.Separator}': {KeyOf(operations[0])} and {KeyOf(operation)} are in two");
            }

            if (byRow is null || !byRow.TryGetValue(key.RowKey, out var change))
            {
                change = new TableStateChange(key, Options.HasExtensions);
                changes.Add(change);
                byRow?.Add(key.RowKey, change);
            }

            if (operation.Set is not { } set)
            {
                change.Add(operation.Delete!);
            }
            else if (TryReadExpiry(set, out var expiresAt) is { } complaint)
            {
                return StateResult.Rejected(complaint);
            }
            else
            {
                change.Add(set, TableStateRow.Create(key, set, expiresAt, Options.HasExtensions));
            }
        }

        return StateResult.Done;
    }

    private string? TryReadExpiry(StateSet set, out DateTimeOffset? expiresAt)
    {
        expiresAt = null;
        if (!Options.HasExtensions)
        {
            return null;
        }

        StateMetadata.TryReadTtl(set.Metadata, out var ttl, out var complaint);
        expiresAt = ttl is { } time ? Now + time : null;
        return complaint;
    }

    private async ValueTask<StateResult> ApplyAsync(List<TableStateChange> changes, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var (sent, mismatch) = await PlanAsync(changes, cancellationToken);
            if (mismatch is not null)
            {
                return StateResult.EtagMismatch(mismatch);
            }

            var (outcome, failed) = await SendAsync(sent, cancellationToken);
            if (outcome == TableOutcome.Done)
            {
                return StateResult.Done;
            }

            // One more look at everything that could be refused next.
            foreach (var change in changes.Count > 1 ? changes.Where(change => change.Depends) : [])
            {
                change.Doubt();
            }

            if (sent[failed].Change.Learn(outcome) is { } refusal)
            {
                return StateResult.EtagMismatch(refusal);
            }
        }

        return StateResult.EtagMismatch($"others kept changing the rows, {MostAttempts} times in a row; nothing was written");
    }

    private async ValueTask<(List<(TableStateChange Change, TableOperation Operation)> Sent, string? Mismatch)> PlanAsync(List<TableStateChange> changes, CancellationToken cancellationToken)
    {
        var isAlone = changes.Count == 1;
        var unread = changes.Where(change => change.Next(isAlone).NeedsRead).ToList();
        await Parallel.ForEachAsync(unread, new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken }, async (change, token) =>
            change.Learn(await ReadAsync(change.Key, token), Now));
        List<(TableStateChange, TableOperation)> sent = new(changes.Count);
        foreach (var change in changes)
        {
            var step = change.Next(isAlone);
            if (step.Mismatch is not null)
            {
                return (sent, step.Mismatch);
            }

            if (step.Operation is { } operation)
            {
                sent.Add((change, operation));
            }
        }

        return (sent, null);
    }

    private ValueTask<TableStateRow?> ReadAsync(TableKey key, CancellationToken cancellationToken) =>
        Client.GetAsync<TableStateRow>(key, TableStateRow.ExpiresAtColumn, static (ref reader) => TableStateRow.Read(ref reader), cancellationToken);

    private async ValueTask<(TableOutcome Outcome, int Failed)> SendAsync(List<(TableStateChange Change, TableOperation Operation)> sent, CancellationToken cancellationToken)
    {
        if (sent.Count == 1)
        {
            return ((await Client.ChangeAsync(sent[0].Operation, cancellationToken)).Outcome, 0);
        }

        var batch = new TableBatch();
        foreach (var (_, operation) in sent)
        {
            batch.Add(operation);
        }

        var result = await Client.ChangeAsync(batch, cancellationToken);
        return (result.Outcome, result.Failed);
    }
}
