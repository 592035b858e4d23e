using System.Buffers.Binary;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>What an instance shows of itself: <see cref="WorkflowRecord.Outcome"/>, read or to be written.</summary>
/// <remarks>Two chunks, the first with its length before it: how the execution stands, and the custom status as the payload of an event.</remarks>
internal sealed record InstanceOutcome(string? CustomStatus, string? Output, WorkflowFailure? Failure)
{
    private static readonly InstanceOutcome Nothing = new(null, null, null);

    /// <summary>Encodes it; large texts go to <paramref name="payloads"/>.</summary>
    public ReadOnlyMemory<byte> Pack(WorkflowRuntimeStatus status, DateTimeOffset now, string key, IDictionary<string, ReadOnlyMemory<byte>> payloads)
    {
        if (CustomStatus is null && Output is null && Failure is null)
        {
            return default;
        }

        var state = EventChunk.Pack(new ExecutionCompleted(status, Output, Failure) { Timestamp = now }, key + "o.", payloads);
        var custom = CustomStatus is null ? default : EventChunk.Pack(new EventRaised("", "", CustomStatus) { Timestamp = now }, key + "s.", payloads);
        var bytes = new byte[4 + state.Length + custom.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, state.Length);
        state.CopyTo(bytes.AsMemory(4));
        custom.CopyTo(bytes.AsMemory(4 + state.Length));
        return bytes;
    }

    /// <summary>Reads it with its payloads.</summary>
    public static async ValueTask<InstanceOutcome> ReadAsync(IWorkflowStore store, WorkflowRecord record, CancellationToken cancellationToken)
    {
        if (record.Outcome.IsEmpty)
        {
            return Nothing;
        }

        var (state, custom) = Split(record.Outcome);
        var completed = (ExecutionCompleted)(await EventChunk.ReadAsync(store, record.InstanceId, state, cancellationToken))[0];
        var raised = custom.IsEmpty ? null : (EventRaised)(await EventChunk.ReadAsync(store, record.InstanceId, custom, cancellationToken))[0];
        return new InstanceOutcome(raised?.Payload, completed.Output, completed.Failure);
    }

    /// <summary>Reads it without its payloads; texts that are kept apart are empty.</summary>
    public static InstanceOutcome Peek(WorkflowRecord record)
    {
        if (record.Outcome.IsEmpty)
        {
            return Nothing;
        }

        var (state, custom) = Split(record.Outcome);
        var completed = (ExecutionCompleted)EventChunk.Peek(state);
        return new InstanceOutcome(custom.IsEmpty ? null : ((EventRaised)EventChunk.Peek(custom)).Payload, completed.Output, completed.Failure);
    }

    /// <summary>The payloads that it refers to.</summary>
    public static IEnumerable<string> PayloadKeys(ReadOnlyMemory<byte> outcome)
    {
        if (outcome.IsEmpty)
        {
            return [];
        }

        var (state, custom) = Split(outcome);
        return custom.IsEmpty ? HistoryCodec.PayloadKeys(state) : HistoryCodec.PayloadKeys(state).Concat(HistoryCodec.PayloadKeys(custom));
    }

    private static (ReadOnlyMemory<byte> State, ReadOnlyMemory<byte> Custom) Split(ReadOnlyMemory<byte> outcome)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(outcome.Span);
        return (outcome.Slice(4, length), outcome[(4 + length)..]);
    }
}
