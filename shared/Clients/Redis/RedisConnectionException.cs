namespace Serverless.Components.Clients.Redis;

/// <summary>
/// There is no usable connection, or it broke. The message says whether the command was not executed or whether that is unknown.
/// </summary>
internal sealed class RedisConnectionException(string message, Exception? inner = null) : RedisException(message, inner);
