namespace Serverless.Components.Clients.Redis;

/// <summary>The server answered with an error.</summary>
/// <param name="code">The error's first word, for example <c>WRONGTYPE</c>.</param>
/// <param name="message">The whole text.</param>
internal sealed class RedisServerException(string code, string message) : RedisException(message)
{
    /// <summary>The error's first word.</summary>
    public string Code { get; } = code;
}
