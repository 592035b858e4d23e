using System.Text.Json;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.AzureBlobStorage;

/// <summary>Writes, reads, lists, deletes and signs blobs of one container.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/blobstorage.</remarks>
internal sealed partial class AzureBlobStorageBinding : IOutputBinding
{
    private const string BlobName = "blobName";
    private const string SignTtl = "signTTL";
    private const string FilePath = "filePath";
    private const string NotFound = "blob not found";
    private readonly ComponentContext _context;
    private readonly AzureBlobContainerSettings _settings;
    private readonly BlobFiles _files;
    private BlobContainerClient? _client;

    public AzureBlobStorageBinding(ComponentContext context)
    {
        _context = context;
        _settings = AzureBlobContainerSettings.Read(context);
        _files = new BlobFiles(context.Metadata.Bind().Text("filesRoot"));
    }

    public IReadOnlyList<string> Operations { get; } = ["create", "get", "delete", "list", "bulkGet", "bulkCreate", "bulkDelete", "presign"];

    public IReadOnlyList<string> Capabilities { get; } = [];

    private BlobContainerClient Client => _client ?? throw new InvalidOperationException("the binding is not initialised");

    public async Task InitializeAsync(CancellationToken cancellationToken) => _client = await _settings.OpenAsync(_context, cancellationToken);

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await (request.Operation switch
            {
                "create" => CreateAsync(request, cancellationToken),
                "get" => GetAsync(request, cancellationToken),
                "delete" => DeleteAsync(request, cancellationToken),
                "list" => ListAsync(request, cancellationToken),
                "bulkGet" => BulkGetAsync(request, cancellationToken),
                "bulkCreate" => BulkCreateAsync(request, cancellationToken),
                "bulkDelete" => BulkDeleteAsync(request, cancellationToken),
                _ => Task.FromResult<BindingResponse?>(Presign(request)),
            });
        }
        catch (Exception fault) when (fault is AzureException or BlobRequestException or IOException or UnauthorizedAccessException)
        {
            throw new BindingException(fault.Message, fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<BindingResponse?> CreateAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var name = request.Text(BlobName) ?? Guid.NewGuid().ToString();
        var items = request.Metadata.Where(item => item.Key is not (BlobName or SignTtl)).ToDictionary(StringComparer.Ordinal);
        var content = Decode(BindingData.Unquote(request.Data));
        var upload = AzureBlobItemMetadata.ToUpload(content, items, null, BlobCondition.None, out var complaint) ?? throw new BindingException(complaint!);

        // Before the blob is there, so that a refusal leaves none behind.
        var signed = request.Text(SignTtl) is { } ttl ? Sign(name, ttl) : null;
        var put = await Client.PutAsync(name, upload, cancellationToken);
        if (!put.IsDone)
        {
            throw new BindingException($"error uploading az blob: {put.Refusal!.Message}", put.Refusal);
        }

        var answer = new BlobCreateResult(Client.AddressOf(name).AbsoluteUri, name, signed);
        return new BindingResponse
        {
            Data = JsonSerializer.SerializeToUtf8Bytes(answer, BlobPayloadJson.Default.BlobCreateResult),
            Metadata = new Dictionary<string, string> { [BlobName] = name },
        };
    }

    private async Task<BindingResponse?> GetAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var name = NameOf(request);
        var file = request.Text(FilePath);
        if (file is not null)
        {
            _files.Resolve(file);
        }

        var read = await ReadAsync(name, cancellationToken);
        if (file is not null)
        {
            await _files.WriteAsync(file, read.Content, cancellationToken);
            return new BindingResponse { Metadata = new Dictionary<string, string> { [FilePath] = file } };
        }

        return new BindingResponse
        {
            Data = read.Content,
            Metadata = request.Boolean("includeMetadata", false) ? read.Properties!.Metadata : BlobUpload.NoMetadata,
        };
    }

    private async Task<BindingResponse?> DeleteAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var delete = await Client.DeleteAsync(NameOf(request), BlobCondition.None, SnapshotsOf(request.Text("deleteSnapshots")), cancellationToken);
        return delete.Outcome switch
        {
            BlobOutcome.Done => null,
            BlobOutcome.BlobMissing => throw new BindingException(NotFound),
            _ => throw delete.Refusal!,
        };
    }

    private BindingResponse Presign(BindingRequest request)
    {
        var name = NameOf(request);
        var ttl = request.Text(SignTtl) ?? throw new BindingException("signTTL is a required attribute for presign operations");
        return new BindingResponse { Data = JsonSerializer.SerializeToUtf8Bytes(new BlobPresignResult(Sign(name, ttl)), BlobPayloadJson.Default.BlobPresignResult) };
    }

    private static string NameOf(BindingRequest request) => request.Text(BlobName) ?? throw new BindingException("blobName is a required attribute");

    private static BlobSnapshots SnapshotsOf(string? option) => option switch
    {
        null => BlobSnapshots.Keep,
        "include" => BlobSnapshots.Include,
        "only" => BlobSnapshots.Only,
        _ => throw new BindingException($"invalid delete snapshot option type: {option}; allowed: [include only]"),
    };

    private string Sign(string name, string ttl)
    {
        // A number without a unit is no duration of Go's.
        if (char.IsAsciiDigit(ttl[^1]) || !DaprText.TryParseDuration(ttl, TimeSpan.FromSeconds(1), out var duration) || duration > TimeSpan.FromDays(36500))
        {
            throw new BindingException($"error generating SAS URL: cannot parse signTTL duration \"{ttl}\"");
        }

        return duration <= TimeSpan.Zero
            ? throw new BindingException($"error generating SAS URL: signTTL must be a positive duration, got \"{ttl}\"")
            : Client.SignedAddressOf(name, _context.Host.Time.GetUtcNow() + duration)
                ?? throw new BindingException("error generating SAS URL: failed to generate SAS URL (ensure the binding is configured with an account key or connection string)");
    }

    private ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> data)
    {
        if (!_settings.DecodesBase64)
        {
            return data;
        }

        var bytes = new byte[data.Length];
        return System.Buffers.Text.Base64.DecodeFromUtf8(data.Span, bytes, out _, out var length) == System.Buffers.OperationStatus.Done
            ? bytes.AsMemory(0, length)
            : throw new BindingException("the data is not base64, as decodeBase64 demands");
    }

    private async Task<BlobRead> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var read = await Client.GetAsync(name, BlobCondition.None, null, cancellationToken);
        return read.Outcome switch
        {
            BlobOutcome.Done => read,
            BlobOutcome.BlobMissing => throw new BindingException(NotFound),
            _ => throw new BindingException($"error downloading az blob: {read.Refusal!.Message}", read.Refusal),
        };
    }
}
