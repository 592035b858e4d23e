using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Brings an instance in memory up to what is stored.</summary>
internal static class InstanceReader
{
    /// <summary>Reads what was loaded.</summary>
    /// <param name="scope">The runtime.</param>
    /// <param name="live">The instance as it is in memory, or null.</param>
    /// <param name="loaded">What was loaded, from that version on.</param>
    /// <param name="cancellationToken">The caller gave up.</param>
    public static async ValueTask<LiveInstance> ReadAsync(ExecutionScope scope, LiveInstance? live, LoadedWorkflow loaded, CancellationToken cancellationToken)
    {
        if (live is not null && !loaded.IsWhole)
        {
            if (loaded.History.Count > 0)
            {
                live.Execution.Replay(await DecodeAsync(scope, loaded, cancellationToken));
            }

            live.Record = loaded.Record;
        }
        else
        {
            var history = await DecodeAsync(scope, loaded, cancellationToken);
            live = new LiveInstance(loaded.Record, WorkflowExecution.Restore(loaded.Record.InstanceId, scope.Catalog, history));
        }

        foreach (var chunk in loaded.History)
        {
            live.Count(chunk);
        }

        return live;
    }

    /// <summary>Decodes a history.</summary>
    public static async ValueTask<IReadOnlyList<HistoryEvent>> DecodeAsync(ExecutionScope scope, LoadedWorkflow loaded, CancellationToken cancellationToken)
    {
        var events = new List<HistoryEvent>();
        foreach (var chunk in loaded.History)
        {
            events.AddRange(await EventChunk.ReadAsync(scope.Store, loaded.Record.InstanceId, chunk, cancellationToken));
        }

        return events;
    }
}
