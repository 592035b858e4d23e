using System.Text.Json;
using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>Reading many keys.</summary>
internal sealed partial class StateApi
{
    // Dapr has no bound; one caller could then occupy the store alone.
    private const int MostParallelReads = 100;
    private const int FlushAt = 64 << 10;

    private Task BulkGetAsync(ApiRequest request) => RunAsync(request, StateJson.ReadBulkGet, StateErrors.Body, BulkGetAsync);

    private static async Task BulkGetAsync(ApiRequest request, StateStoreComponent component, BulkGetBody bulk)
    {
        if (bulk.Keys.Find(IsIllegal) is { } key)
        {
            await request.FailAsync(StateErrors.IllegalKey(key, component.Name, key));
            return;
        }

        var found = await ReadAllAsync(component, bulk, Merge(bulk.Metadata, request.QueryMetadata()), request.Aborted);
        await WriteAsync(request, bulk.Keys, found);
    }

    private static async Task<(StateEntry? Entry, string? Fault)[]> ReadAllAsync(
        StateStoreComponent component, BulkGetBody bulk, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var found = new (StateEntry? Entry, string? Fault)[bulk.Keys.Count];
        var parallelism = bulk.Parallelism <= 0 ? MostParallelReads : (int)Math.Min(bulk.Parallelism, MostParallelReads);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, found.Length, limits, async (index, cancellation) =>
        {
            var get = new StateGet(component.KeyPrefix.ToStored(bulk.Keys[index]), "", metadata);
            found[index] = await StateCalls.GetAsync(component, get, cancellation);
        });
        return found;
    }

    // Streamed, because the values together may be large.
    private static async Task WriteAsync(ApiRequest request, List<string> keys, (StateEntry? Entry, string? Fault)[] found)
    {
        var output = request.Http.Response.BodyWriter;
        request.Http.Response.ContentType = Reply.JsonType;
        await using var json = new Utf8JsonWriter(output, GoJsonEncoder.WriterOptions);
        json.WriteStartArray();
        for (var index = 0; index < found.Length; index++)
        {
            WriteItem(json, keys[index], found[index].Entry, found[index].Fault);
            if (json.BytesPending > FlushAt || output.UnflushedBytes > FlushAt)
            {
                await json.FlushAsync(request.Aborted);
                await output.FlushAsync(request.Aborted);
            }
        }

        json.WriteEndArray();
        await json.FlushAsync(request.Aborted);
        await output.WriteAsync("\n"u8.ToArray(), request.Aborted);
    }

    private static void WriteItem(Utf8JsonWriter json, string key, StateEntry? entry, string? fault)
    {
        json.WriteStartObject();
        json.WriteString("key"u8, key);
        if (entry is not null && entry.Value.Length > 0 && !JsonText.IsWellFormed(entry.Value.Span))
        {
            fault = "the stored value is not valid JSON";
        }

        if (fault is not null)
        {
            json.WriteString("error"u8, fault);
        }
        else if (entry is not null)
        {
            WriteEntry(json, entry);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, StateEntry entry)
    {
        if (entry.Value.Length > 0)
        {
            json.WritePropertyName("data"u8);
            json.WriteRawValue(entry.Value.Span, skipInputValidation: true);
        }

        if (entry.ETag is not null)
        {
            json.WriteString("etag"u8, entry.ETag);
        }

        if (entry.ExpiresAt is { } expiry)
        {
            json.WriteStartObject("metadata"u8);
            json.WriteString("ttlExpireTime"u8, ExpiryText(expiry));
            json.WriteEndObject();
        }
    }
}
