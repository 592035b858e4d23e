using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis;

/// <summary>What the server answered: the raw bytes of the command's reply, followed by that of <see cref="RedisCommand.Then"/>.</summary>
/// <remarks>The first reply is never an error; that one is thrown. The bytes belong to whoever awaited the command.</remarks>
internal readonly record struct RedisReply(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Reads the values.</summary>
    public RespReader Read() => new(Bytes);

    /// <summary>The reply as an integer.</summary>
    public long ToInteger()
    {
        var reader = Read();
        return reader.ReadInteger();
    }

    /// <summary>The reply as a bulk string; null when it is null.</summary>
    public ReadOnlyMemory<byte>? ToBulk()
    {
        var reader = Read();
        return reader.ReadBulk();
    }

    /// <summary>The reply as text; null when it is null.</summary>
    public string? ToText()
    {
        var reader = Read();
        return reader.ReadText();
    }
}
