namespace Serverless.Components.Clients.Redis.Protocol;

/// <summary>The first byte of a RESP2 value.</summary>
internal enum RespKind : byte
{
    SimpleString = (byte)'+',
    Error = (byte)'-',
    Integer = (byte)':',
    BulkString = (byte)'$',
    Array = (byte)'*',
}
