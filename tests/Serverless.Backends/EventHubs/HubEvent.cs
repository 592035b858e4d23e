namespace Serverless.Backends.EventHubs;

/// <summary>An event that a hub took.</summary>
/// <param name="Body">Its content.</param>
/// <param name="ContentType">The content's type.</param>
/// <param name="PartitionKey">The key that chose its partition; null when there was none.</param>
/// <param name="Partition">The partition that it was addressed to; null when it was to none.</param>
public sealed record HubEvent(byte[] Body, string? ContentType, string? PartitionKey, string? Partition);
