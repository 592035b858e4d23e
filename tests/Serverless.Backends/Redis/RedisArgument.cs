using System.Globalization;
using System.Text;

namespace Serverless.Backends.Redis;

/// <summary>One binary safe argument of a command; text is sent as UTF-8.</summary>
public readonly record struct RedisArgument(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Text as UTF-8.</summary>
    public static implicit operator RedisArgument(string text) => FromString(text);

    /// <summary>Bytes as they are.</summary>
    public static implicit operator RedisArgument(byte[] bytes) => FromByteArray(bytes);

    /// <summary>A number in decimal digits.</summary>
    public static implicit operator RedisArgument(long number) => FromInt64(number);

    /// <summary>Text as UTF-8.</summary>
    public static RedisArgument FromString(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes as they are.</summary>
    public static RedisArgument FromByteArray(byte[] bytes) => new(bytes);

    /// <summary>A number in decimal digits.</summary>
    public static RedisArgument FromInt64(long number) => FromString(number.ToString(CultureInfo.InvariantCulture));
}
