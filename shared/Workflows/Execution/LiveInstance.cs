using Serverless.Components.Workflows.Engine;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>An instance in memory, as of one version. Whoever has taken it from the cache has it alone.</summary>
internal sealed class LiveInstance(WorkflowRecord record, WorkflowExecution execution)
{
    /// <summary>The instance as it is stored.</summary>
    public WorkflowRecord Record { get; set; } = record;

    /// <summary>The replayed state at that version.</summary>
    public WorkflowExecution Execution { get; } = execution;

    /// <summary>About how large its history is, encoded.</summary>
    public long HistoryBytes { get; set; }

    /// <summary>The payloads that its history refers to; null while there are none.</summary>
    public HashSet<string>? PayloadKeys { get; set; }

    /// <summary>True when payloads were written for it, some of which may be needed no more.</summary>
    public bool HasPayloads { get; set; } = InstanceOutcome.PayloadKeys(record.Outcome).Any() || HistoryCodec.PayloadKeys(record.Start).Count > 0;

    /// <summary>How far a reader that has it has read.</summary>
    public KnownVersion Known => new(Record.ExecutionId, Record.Version);

    /// <summary>Notes a chunk that belongs to its history.</summary>
    public void Count(ReadOnlyMemory<byte> chunk)
    {
        HistoryBytes += chunk.Length;
        foreach (var key in HistoryCodec.PayloadKeys(chunk))
        {
            (PayloadKeys ??= new(StringComparer.Ordinal)).Add(key);
            HasPayloads = true;
        }
    }
}
