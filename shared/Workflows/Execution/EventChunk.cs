using System.Collections.ObjectModel;
using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Encodes single events, of messages and of work, and reads what was encoded; large texts are payloads of the instance that the chunk belongs to.</summary>
internal static class EventChunk
{
    private const int MostAtATime = 16;

    /// <summary>Encodes an event; large texts go to <paramref name="payloads"/>.</summary>
    public static ReadOnlyMemory<byte> Pack(HistoryEvent content, string key, IDictionary<string, ReadOnlyMemory<byte>> payloads, int mostInlineBytes = HistoryCodec.MostInlineBytes)
    {
        var chunks = HistoryCodec.Encode([content], key, payloads, mostInlineBytes);
        return chunks.Count == 1 ? chunks[0] : throw new InvalidOperationException($"an event of type {content.GetType().Name} took {chunks.Count} chunks");
    }

    /// <summary>Encodes an event and puts its large texts into the store.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> WriteAsync(IWorkflowStore store, string instanceId, HistoryEvent content, string key, CancellationToken cancellationToken)
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        var chunk = Pack(content, key, payloads);
        await PutAsync(store, instanceId, payloads, cancellationToken);
        return chunk;
    }

    /// <summary>Puts payloads into the store.</summary>
    public static async ValueTask PutAsync(IWorkflowStore store, string instanceId, Dictionary<string, ReadOnlyMemory<byte>> payloads, CancellationToken cancellationToken)
    {
        if (payloads.Count > 0)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = MostAtATime, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(payloads, options, (payload, token) => store.PutPayloadAsync(instanceId, payload.Key, payload.Value, token));
        }
    }

    /// <summary>Reads a chunk with the payloads that it refers to.</summary>
    /// <exception cref="WorkflowStoreException">A payload is not there.</exception>
    public static async ValueTask<IReadOnlyList<HistoryEvent>> ReadAsync(IWorkflowStore store, string instanceId, ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        var keys = HistoryCodec.PayloadKeys(chunk);
        if (keys.Count == 0)
        {
            return HistoryCodec.Decode(chunk, ReadOnlyDictionary<string, ReadOnlyMemory<byte>>.Empty);
        }

        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>(keys.Count);
        foreach (var key in keys)
        {
            payloads[key] = await store.GetPayloadAsync(instanceId, key, cancellationToken)
                ?? throw new WorkflowStoreException($"workflow '{instanceId}': the payload '{key}' is not there");
        }

        return HistoryCodec.Decode(chunk, payloads);
    }

    /// <summary>Reads the first event of a chunk without its payloads; texts that are kept apart are empty.</summary>
    public static HistoryEvent Peek(ReadOnlyMemory<byte> chunk) => PeekAll(chunk)[0];

    /// <summary>Reads a chunk without its payloads; texts that are kept apart are empty.</summary>
    public static IReadOnlyList<HistoryEvent> PeekAll(ReadOnlyMemory<byte> chunk)
    {
        var payloads = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var key in HistoryCodec.PayloadKeys(chunk))
        {
            payloads[key] = default;
        }

        return HistoryCodec.Decode(chunk, payloads);
    }
}
