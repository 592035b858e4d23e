namespace Serverless.Backends.ServiceBus;

/// <summary>How many messages a queue or subscription holds: to be had, locked, of a later time, and dead.</summary>
public sealed record EntityCounts(int Active, int Locked, int Scheduled, int DeadLettered);
