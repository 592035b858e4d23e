namespace Serverless.Components.Clients.Redis;

/// <summary>The time for a command ran out. The message says whether it was not executed or whether that is unknown.</summary>
internal sealed class RedisTimeoutException(string message) : RedisException(message);
