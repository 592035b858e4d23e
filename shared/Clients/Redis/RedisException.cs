namespace Serverless.Components.Clients.Redis;

/// <summary>A command could not be executed or connected. The message holds no secret and no value.</summary>
internal abstract class RedisException(string message, Exception? inner = null) : Exception(message, inner);
