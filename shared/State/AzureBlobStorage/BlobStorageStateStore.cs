using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.State.AzureBlobStorage;

/// <summary>Keeps state in Azure Blob Storage, in blobs that daprd reads and writes too: one per key, the value as its content.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-state-stores/setup-azure-blobstorage. The ETag is the blob's, quotes
/// included. The words of the options are not checked.
/// </remarks>
internal sealed partial class BlobStorageStateStore : IStateStore
{
    private readonly ComponentContext _context;
    private readonly AzureBlobContainerSettings _options;
    private readonly bool _isV1;
    private BlobContainerClient? _client;

    private BlobStorageStateStore(ComponentContext context, bool isV1)
    {
        _context = context;
        _options = AzureBlobContainerSettings.Read(context);
        _isV1 = isV1;
    }

    public IReadOnlyList<string> Capabilities { get; } = ["ETAG"];

    private BlobContainerClient Client => _client ?? throw new InvalidOperationException("the store is not initialised");

    /// <summary>Version 1: a blob is called as the user's key, without the prefix of the app.</summary>
    public static BlobStorageStateStore CreateV1(ComponentContext context) => new(context, isV1: true);

    /// <summary>Version 2: a blob is called as the stored key.</summary>
    public static BlobStorageStateStore CreateV2(ComponentContext context) => new(context, isV1: false);

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (_isV1)
        {
            LogDeprecated(_context.Logger, _context.Type);
        }

        _client = await _options.OpenAsync(_context, cancellationToken);
    }

    public async ValueTask<StateEntry?> GetAsync(StateGet request, CancellationToken cancellationToken)
    {
        var read = await Client.GetAsync(NameOf(request.Key), BlobCondition.None, null, cancellationToken);
        return read.Outcome switch
        {
            BlobOutcome.Done => new StateEntry(read.Content, read.Properties!.ETag),
            BlobOutcome.BlobMissing => null,
            _ => throw read.Refusal!,
        };
    }

    public async ValueTask<StateResult> SetAsync(StateSet request, CancellationToken cancellationToken)
    {
        if (request.HasETag && !CanBeETag(request.ETag!))
        {
            return StateResult.EtagMismatch();
        }

        var condition = request.HasETag ? BlobCondition.Matches(request.ETag!) : request.Options.IsFirstWrite ? BlobCondition.Absent : BlobCondition.None;
        if (AzureBlobItemMetadata.ToUpload(request.Value, request.Metadata, request.ContentType, condition, out var complaint) is not { } upload)
        {
            return StateResult.Rejected(complaint!);
        }

        var put = await Client.PutAsync(NameOf(request.Key), upload, cancellationToken);
        return put.Outcome switch
        {
            BlobOutcome.Done => StateResult.Done,
            BlobOutcome.ConditionNotMet when request.HasETag => StateResult.EtagMismatch(put.Refusal!.Message),
            BlobOutcome.ConditionNotMet => StateResult.Rejected($"error uploading blob: {put.Refusal!.Message}"),
            _ => throw put.Refusal!,
        };
    }

    public async ValueTask<StateResult> DeleteAsync(StateDelete request, CancellationToken cancellationToken)
    {
        if (request.HasETag && !CanBeETag(request.ETag!))
        {
            return StateResult.EtagMismatch();
        }

        var condition = request.HasETag ? BlobCondition.Matches(request.ETag!) : BlobCondition.None;
        var delete = await Client.DeleteAsync(NameOf(request.Key), condition, BlobSnapshots.Keep, cancellationToken);
        return delete.Outcome switch
        {
            BlobOutcome.Done or BlobOutcome.BlobMissing => StateResult.Done,
            BlobOutcome.ConditionNotMet when request.HasETag => StateResult.EtagMismatch(delete.Refusal!.Message),
            _ => throw delete.Refusal!,
        };
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    // One with anything else is no blob's, and no header can hold it.
    private static bool CanBeETag(string etag) => etag.All(one => one is >= ' ' and < '\x7f');

    private string NameOf(string key)
    {
        if (!_isV1)
        {
            return key;
        }

        // Keys of any other form are left whole, so that no two become one.
        var parts = key.Split(StateKeyPrefix.Separator);
        return parts.Length == 2 ? parts[1] : key;
    }

    [LoggerMessage(LogLevel.Warning, "state store {Type}/v1 is deprecated, please use {Type}/v2, which keeps the keys of different apps apart")]
    private static partial void LogDeprecated(ILogger logger, string type);
}
