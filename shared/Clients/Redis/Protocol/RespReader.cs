using System.Text;

namespace Serverless.Components.Clients.Redis.Protocol;

/// <summary>Reads the values of whole replies one after the other. What it returns points into the reply's bytes.</summary>
/// <remarks>An array is its header, then its items. Error values are read like any other; only the caller knows what they mean.</remarks>
internal ref struct RespReader(ReadOnlyMemory<byte> reply)
{
    private readonly ReadOnlyMemory<byte> _reply = reply;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>True when nothing is left.</summary>
    public readonly bool IsAtEnd => Position == _reply.Length;

    /// <summary>The kind of the next value.</summary>
    public readonly RespKind Kind => IsAtEnd ? throw Short() : (RespKind)_reply.Span[Position];

    /// <summary>An array's number of items, or -1 for null.</summary>
    public int ReadArray() => (int)ReadHeader(RespKind.Array).Number;

    /// <summary>An integer.</summary>
    public long ReadInteger() => ReadHeader(RespKind.Integer).Number;

    /// <summary>A bulk string, or null.</summary>
    public ReadOnlyMemory<byte>? ReadBulk()
    {
        var length = (int)ReadHeader(RespKind.BulkString).Number;
        if (length < 0)
        {
            return null;
        }

        var start = Position;
        Pass((long)length + 2);
        return _reply.Slice(start, length);
    }

    /// <summary>A bulk or simple string as UTF-8 text, or null.</summary>
    public string? ReadText() => Kind == RespKind.SimpleString ? ReadLine(RespKind.SimpleString)
        : ReadBulk() is { } body ? Encoding.UTF8.GetString(body.Span)
        : null;

    /// <summary>An error's text: its code, a blank, words.</summary>
    public string ReadError() => ReadLine(RespKind.Error);

    /// <summary>Passes over the next value with all it holds.</summary>
    public void Skip()
    {
        for (long missing = 1; missing > 0; missing--)
        {
            var header = Next();
            Pass(header.Length + header.BodyLength);
            missing += header.Items;
        }
    }

    private string ReadLine(RespKind kind)
    {
        var start = Position + 1;
        var length = (int)ReadHeader(kind).Number;
        return Encoding.UTF8.GetString(_reply.Span.Slice(start, length));
    }

    private RespHeader ReadHeader(RespKind expected)
    {
        var header = Next();
        if (header.Kind != expected)
        {
            throw new RespException($"the reply holds {header.Kind} where {expected} was expected");
        }

        Position += header.Length;
        return header;
    }

    private readonly RespHeader Next() =>
        RespHeader.TryRead(_reply.Span[Position..], out var header) ? header : throw Short();

    private void Pass(long bytes) => Position = bytes <= _reply.Length - Position ? Position + (int)bytes : throw Short();

    private static RespException Short() => new("the reply holds fewer values than expected");
}
