namespace Serverless.Components.Clients.Redis.Protocol;

/// <summary>Bytes that are no RESP2, or a value of another kind than the caller expected.</summary>
internal sealed class RespException(string message) : FormatException(message);
