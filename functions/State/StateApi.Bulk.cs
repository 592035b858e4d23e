using System.Buffers;
using System.Text.Json;
using Serverless.Components.State;
using Serverless.Functions.Http;

namespace Serverless.Functions.State;

/// <summary>Reading many keys.</summary>
internal sealed partial class StateApi
{
    private const int FlushAt = 64 << 10;

    private Task BulkGetAsync(ApiRequest request) => RunAsync(request, StateJson.ReadBulkGet, StateErrors.Body, BulkGetAsync);

    private static async Task BulkGetAsync(ApiRequest request, StateStoreComponent component, BulkGetBody bulk)
    {
        if (bulk.Keys.Find(IsIllegal) is { } key)
        {
            await request.FailAsync(StateErrors.IllegalKey(key, component.Name, key));
            return;
        }

        var metadata = Merge(bulk.Metadata, request.QueryMetadata());
        var reads = new OrderedReads(bulk.Keys.Count, bulk.Parallelism, index =>
            StateCalls.GetAsync(component, new StateGet(component.KeyPrefix.ToStored(bulk.Keys[index]), "", metadata), request.Aborted));
        var output = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(output, GoJsonEncoder.WriterOptions))
        {
            json.WriteStartArray();
            foreach (var item in bulk.Keys)
            {
                var (entry, fault) = await reads.NextAsync();
                WriteItem(json, item, entry, fault);
                if (json.BytesPending + output.WrittenCount > FlushAt)
                {
                    await json.FlushAsync(request.Aborted);
                    await SendAsync(request, output);
                }
            }

            json.WriteEndArray();
        }

        output.Write("\n"u8);
        await (request.Http.Response.HasStarted
            ? SendAsync(request, output)
            : Reply.JsonAsync(request.Http, StatusCodes.Status200OK, output.WrittenMemory));
    }

    // The values together may be large, so a long answer leaves in pieces, and a failure after the first one cuts it off.
    private static async Task SendAsync(ApiRequest request, ArrayBufferWriter<byte> output)
    {
        if (!request.Http.Response.HasStarted)
        {
            request.Http.Response.ContentType = Reply.JsonType;
        }

        await request.Http.Response.BodyWriter.WriteAsync(output.WrittenMemory, request.Aborted);
        output.ResetWrittenCount();
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
