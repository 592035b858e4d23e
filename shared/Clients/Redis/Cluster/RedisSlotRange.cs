namespace Serverless.Components.Clients.Redis.Cluster;

/// <summary>Neighbouring slots of one primary.</summary>
/// <param name="First">The first slot.</param>
/// <param name="Last">The last slot, which belongs to it.</param>
/// <param name="Primary">Where the primary is.</param>
internal readonly record struct RedisSlotRange(int First, int Last, RedisEndpoint Primary);
