using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis;

/// <summary>One argument of a command: text, bytes or a whole number.</summary>
internal readonly struct RedisArgument
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte>? _bytes;
    private readonly long _number;

    private RedisArgument(string? text, ReadOnlyMemory<byte>? bytes, long number)
    {
        _text = text;
        _bytes = bytes;
        _number = number;
    }

    public static implicit operator RedisArgument(string text) => new(text, null, 0);

    public static implicit operator RedisArgument(ReadOnlyMemory<byte> bytes) => new(null, bytes, 0);

    public static implicit operator RedisArgument(long number) => new(null, null, number);

    /// <summary>Writes it as one part of a command.</summary>
    public void WriteTo(ref RespWriter writer)
    {
        if (_text is not null)
        {
            writer.WriteBulk(_text);
        }
        else if (_bytes is { } bytes)
        {
            writer.WriteBulk(bytes.Span);
        }
        else
        {
            writer.WriteBulk(_number);
        }
    }
}
