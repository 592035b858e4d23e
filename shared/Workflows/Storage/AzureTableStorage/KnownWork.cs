namespace Serverless.Components.Workflows.Storage.AzureTableStorage;

/// <summary>An item as this process wrote it last.</summary>
/// <param name="ETag">Its row's version.</param>
/// <param name="Owner">Its owner; empty for none.</param>
/// <param name="Kind">Its kind.</param>
internal readonly record struct KnownWork(string ETag, Guid Owner, WorkKind Kind);
