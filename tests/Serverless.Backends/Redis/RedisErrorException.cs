namespace Serverless.Backends.Redis;

/// <summary>The server answered with an error; the message is the server's, without the leading minus.</summary>
public sealed class RedisErrorException(string message) : Exception(message);
