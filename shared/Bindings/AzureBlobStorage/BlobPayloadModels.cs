namespace Serverless.Components.Bindings.AzureBlobStorage;

/// <summary>Data of <c>list</c>.</summary>
internal sealed record BlobListPayload(string? Marker, string? Prefix, int? MaxResults, BlobListInclude? Include);

/// <summary>What a list holds beside the blobs themselves.</summary>
internal sealed record BlobListInclude(bool? Copy, bool? Metadata, bool? Snapshots, bool? UncommittedBlobs, bool? Deleted);

/// <summary>Data of <c>bulkGet</c>.</summary>
internal sealed record BlobBulkGetPayload(IReadOnlyList<BlobBulkGetItem>? Items, string? Prefix, string? DestinationDir, int? Concurrency);

/// <summary>A blob to read; without a file its content is in the answer.</summary>
internal sealed record BlobBulkGetItem(string? BlobName, string? FilePath);

/// <summary>What became of it.</summary>
internal sealed record BlobBulkGetResult(string BlobName, string? FilePath, byte[]? Data, string? Error);

/// <summary>Data of <c>bulkCreate</c>.</summary>
internal sealed record BlobBulkCreatePayload(IReadOnlyList<BlobBulkCreateItem>? Items, int? Concurrency);

/// <summary>A blob to write.</summary>
internal sealed record BlobBulkCreateItem(string? BlobName, string? SourcePath, string? Data, string? ContentType);

/// <summary>What became of it.</summary>
internal sealed record BlobBulkCreateResult(string BlobName, string? BlobURL, string? Error);

/// <summary>Data of <c>bulkDelete</c>.</summary>
internal sealed record BlobBulkDeletePayload(string? Prefix, IReadOnlyList<string?>? BlobNames, string? DeleteSnapshots, int? Concurrency);

/// <summary>What became of a blob to delete.</summary>
internal sealed record BlobBulkDeleteResult(string BlobName, string? Error);

/// <summary>The answer to <c>create</c>.</summary>
internal sealed record BlobCreateResult(string BlobURL, string BlobName, string? PresignURL);

/// <summary>The answer to <c>presign</c>.</summary>
internal sealed record BlobPresignResult(string PresignURL);
