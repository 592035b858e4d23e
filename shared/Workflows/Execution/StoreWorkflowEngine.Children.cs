using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Instances;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>What reaches the children of an instance: its removal, and the question whether they have ended.</summary>
internal sealed partial class StoreWorkflowEngine
{
    // Messages on their way arrive within moments; a purge waits for them so long.
    private const int MostTries = 50;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public ValueTask<WorkflowOutcome> PurgeAsync(string instanceId, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        if (await scope.Store.FindAsync(instanceId, cancellationToken) is not { } record)
        {
            return WorkflowOutcome.NotFound;
        }

        // First it is sure that all have ended, then they go from the leaves on: what is cut short is found again from the top.
        if (await EndedFamilyAsync(record, cancellationToken) is not { } family)
        {
            return WorkflowOutcome.NotCompleted;
        }

        for (var i = family.Count - 1; i >= 0; i--)
        {
            await RemoveAsync(family[i], cancellationToken);
        }

        return WorkflowOutcome.Done;
    });

    private async ValueTask RemoveAsync(WorkflowRecord record, CancellationToken cancellationToken)
    {
        for (var tries = 0; !await scope.Store.PurgeAsync(record.InstanceId, record.Version, cancellationToken); tries++)
        {
            if (tries == MostTries)
            {
                throw new WorkflowEngineException($"workflow '{record.InstanceId}' has messages for others that are still on their way");
            }

            await Task.Delay(BetweenTries, scope.Time, cancellationToken);
            if (await scope.Store.FindAsync(record.InstanceId, cancellationToken) is not { HasEnded: true } present || present.ExecutionId != record.ExecutionId)
            {
                return;
            }

            record = present;
        }
    }

    // Why an instance can't be created; null when it can.
    private async ValueTask<WorkflowOutcome?> RefusalAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await scope.Store.FindAsync(instanceId, cancellationToken) is not { } present)
        {
            return null;
        }

        return !present.HasEnded ? WorkflowOutcome.IsActive
            : await EndedFamilyAsync(present, cancellationToken) is null ? WorkflowOutcome.HasActiveChildren
            : null;
    }

    // It and all its descendants, parents first; null when one has not ended. Instances may have started each other in turn.
    private async ValueTask<List<WorkflowRecord>?> EndedFamilyAsync(WorkflowRecord top, CancellationToken cancellationToken)
    {
        List<WorkflowRecord> family = [top];
        HashSet<string> known = new(StringComparer.Ordinal) { top.InstanceId };
        for (var i = 0; i < family.Count; i++)
        {
            if (!family[i].HasEnded)
            {
                return null;
            }

            family.AddRange((await ChildrenAsync(family[i], cancellationToken)).Where(child => known.Add(child.InstanceId)));
        }

        return family;
    }

    // The instances that it started and that are still the ones it started.
    private async ValueTask<IReadOnlyList<WorkflowRecord>> ChildrenAsync(WorkflowRecord record, CancellationToken cancellationToken)
    {
        if (await scope.Store.LoadAsync(record.InstanceId, KnownVersion.None, cancellationToken) is not { } loaded)
        {
            return [];
        }

        var children = new List<WorkflowRecord>();
        foreach (var id in loaded.History.SelectMany(EventChunk.PeekAll).SelectMany(Started).Distinct(StringComparer.Ordinal))
        {
            if (await scope.Store.FindAsync(id, cancellationToken) is { } child
                && EventChunk.Peek(child.Start) is ExecutionStarted { Parent: { } parent } && parent.InstanceId == record.InstanceId)
            {
                children.Add(child);
            }
        }

        return children;
    }

    private static IEnumerable<string> Started(HistoryEvent past) => past switch
    {
        ChildCreated child => [child.InstanceId],
        ExecutionStarted start => start.EarlierChildren,
        _ => [],
    };
}
