using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;

namespace Serverless.Components.Bindings.AzureBlobStorage;

/// <content>Operations on several blobs, some at a time; what fails is told beside its blob.</content>
internal sealed partial class AzureBlobStorageBinding
{
    private const int DefaultConcurrency = 10;

    private async Task<BindingResponse?> BulkGetAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var payload = BlobPayloadJson.Read(request, BlobPayloadJson.Default.BlobBulkGetPayload) ?? new(null, null, null, null);
        var concurrency = ConcurrencyOf(payload.Concurrency);
        var items = (payload.Items ?? []).Where(item => !string.IsNullOrEmpty(item.BlobName)).ToList();
        if (payload.Prefix is { Length: > 0 } prefix)
        {
            var directory = payload.DestinationDir is { Length: > 0 } given ? given : throw new BindingException("destinationDir is required when using prefix");
            var known = items.Select(item => item.BlobName).ToHashSet();
            items.AddRange((await NamesAsync(prefix, cancellationToken)).Where(name => !known.Contains(name)).Select(name => new BlobBulkGetItem(name, Path.Combine(directory, name.TrimStart('/')))));
        }

        return items.Count == 0
            ? throw new BindingException("at least one of items or prefix is required")
            : await BulkAsync(items, concurrency, GetItemAsync, BlobPayloadJson.Default.BlobBulkGetResultArray, cancellationToken);
    }

    private async Task<BlobBulkGetResult> GetItemAsync(BlobBulkGetItem item, CancellationToken cancellationToken)
    {
        var name = item.BlobName!;
        var file = item.FilePath is { Length: > 0 } path ? path : null;
        byte[]? data = null;
        var fault = await FaultOfAsync(async () =>
        {
            if (file is null)
            {
                data = (await ReadAsync(name, cancellationToken)).Content.ToArray();
                return;
            }

            _files.Resolve(file);
            await _files.WriteAsync(file, (await ReadAsync(name, cancellationToken)).Content, cancellationToken);
        });
        return new BlobBulkGetResult(name, fault is null ? file : null, data is { Length: > 0 } ? data : null, fault);
    }

    private async Task<BindingResponse?> BulkCreateAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var payload = BlobPayloadJson.Read(request, BlobPayloadJson.Default.BlobBulkCreatePayload);
        if (payload?.Items is not { Count: > 0 } items)
        {
            throw new BindingException("items array must not be empty");
        }

        for (var index = 0; index < items.Count; index++)
        {
            var lack = string.IsNullOrEmpty(items[index].BlobName) ? "blobName"
                : items[index].Data is null && string.IsNullOrEmpty(items[index].SourcePath) ? "both data and sourcePath"
                : null;
            if (lack is not null)
            {
                throw new BindingException($"item at index {index} is missing {lack}");
            }
        }

        return await BulkAsync(items, ConcurrencyOf(payload.Concurrency), CreateItemAsync, BlobPayloadJson.Default.BlobBulkCreateResultArray, cancellationToken);
    }

    private async Task<BlobBulkCreateResult> CreateItemAsync(BlobBulkCreateItem item, CancellationToken cancellationToken)
    {
        var name = item.BlobName!;
        var fault = await FaultOfAsync(async () =>
        {
            var data = item.Data is { } text ? Encoding.UTF8.GetBytes(text) : await _files.ReadAsync(item.SourcePath!, cancellationToken);
            var headers = item.ContentType is { Length: > 0 } type ? new BlobHeaders { ContentType = type } : BlobHeaders.None;
            var put = await Client.PutAsync(name, new BlobUpload(Decode(data)) { Headers = headers }, cancellationToken);
            _ = put.IsDone ? put : throw put.Refusal!;
        });
        return new BlobBulkCreateResult(name, fault is null ? Client.AddressOf(name).AbsoluteUri : null, fault is null ? null : $"error uploading blob: {fault}");
    }

    private async Task<BindingResponse?> BulkDeleteAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var payload = BlobPayloadJson.Read(request, BlobPayloadJson.Default.BlobBulkDeletePayload) ?? new(null, null, null, null);
        var snapshots = SnapshotsOf(payload.DeleteSnapshots is { Length: > 0 } option ? option : null);
        var concurrency = ConcurrencyOf(payload.Concurrency);
        IEnumerable<string> names = (payload.BlobNames ?? []).Where(name => !string.IsNullOrEmpty(name)).Select(name => name!);
        if (payload.Prefix is { Length: > 0 } prefix)
        {
            names = names.Concat(await NamesAsync(prefix, cancellationToken));
        }

        var distinct = names.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count == 0
            ? throw new BindingException("at least one of prefix or blobNames is required")
            : await BulkAsync(
                distinct,
                concurrency,
                async (name, token) => new BlobBulkDeleteResult(name, await FaultOfAsync(() => DeleteAsync(name, snapshots, token))),
                BlobPayloadJson.Default.BlobBulkDeleteResultArray,
                cancellationToken);
    }

    private async Task DeleteAsync(string name, BlobSnapshots snapshots, CancellationToken cancellationToken)
    {
        var delete = await Client.DeleteAsync(name, BlobCondition.None, snapshots, cancellationToken);
        _ = delete.Outcome switch
        {
            BlobOutcome.Done => true,
            BlobOutcome.BlobMissing => throw new BindingException(NotFound),
            _ => throw delete.Refusal!,
        };
    }

    private static async Task<BindingResponse?> BulkAsync<TItem, TResult>(
        IReadOnlyList<TItem> items, int concurrency, Func<TItem, CancellationToken, Task<TResult>> run, JsonTypeInfo<TResult[]> type, CancellationToken cancellationToken)
    {
        var results = new TResult[items.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, items.Count, options, async (index, token) => results[index] = await run(items[index], token));
        return new BindingResponse
        {
            Data = JsonSerializer.SerializeToUtf8Bytes(results, type),
            Metadata = new Dictionary<string, string> { ["number"] = results.Length.ToString(CultureInfo.InvariantCulture) },
        };
    }

    private static async Task<string?> FaultOfAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (Exception fault) when (fault is BindingException or AzureException or BlobRequestException or IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }

    private static int ConcurrencyOf(int? given) => given is <= 0 ? throw new BindingException("concurrency must be greater than 0") : given ?? DefaultConcurrency;
}
