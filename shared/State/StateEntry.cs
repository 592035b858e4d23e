namespace Serverless.Components.State;

/// <summary>A stored value as read. Immutable, so that stores may hand out what they keep.</summary>
/// <param name="Value">The stored bytes.</param>
/// <param name="ETag">Opaque version text, or null where the store has none.</param>
/// <param name="ExpiresAt">When the entry expires (reported as <c>ttlExpireTime</c>), or null.</param>
public sealed record StateEntry(ReadOnlyMemory<byte> Value, string? ETag, DateTimeOffset? ExpiresAt = null);
