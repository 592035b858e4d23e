using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Serverless.Components.Clients.Redis.Protocol;

/// <summary>Writes commands, which are arrays of bulk strings. <see cref="Complete"/> ends the writing.</summary>
/// <remarks>Redis docs: reference/protocol-spec. <c>*items\r\n</c>, then for each <c>$bytes\r\n…\r\n</c>.</remarks>
internal ref struct RespWriter(IBufferWriter<byte> output)
{
    // The sign, the digits of a 64-bit number, and the line's kind and end.
    private const int LongestNumberLine = 24;
    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _free;
    private int _used;

    /// <summary>Bytes handed to the output.</summary>
    public long Written { get; private set; }

    /// <summary>The head of a command of that many parts.</summary>
    public void WriteHeader(int parts) => WriteLine((byte)'*', parts);

    /// <summary>One part.</summary>
    public void WriteBulk(scoped ReadOnlySpan<byte> bytes)
    {
        WriteLine((byte)'$', bytes.Length);
        WriteRaw(bytes);
        WriteRaw("\r\n"u8);
    }

    /// <summary>One part, as UTF-8.</summary>
    public void WriteBulk(string text)
    {
        // One byte each is the usual case, and needs no second look at the text.
        var length = Ascii.IsValid(text) ? text.Length : Encoding.UTF8.GetByteCount(text);
        WriteLine((byte)'$', length);
        Reserve(length + 2);
        _used += Encoding.UTF8.GetBytes(text, _free[_used..]);
        WriteRaw("\r\n"u8);
    }

    /// <summary>One part, as decimal digits.</summary>
    public void WriteBulk(long number)
    {
        Span<byte> digits = stackalloc byte[LongestNumberLine];
        Utf8Formatter.TryFormat(number, digits, out var length);
        WriteBulk(digits[..length]);
    }

    /// <summary>Bytes that are RESP already.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        // A large value goes out in pieces of what the output has, not in one buffer of its size.
        while (bytes.Length > _free.Length - _used)
        {
            var piece = _free.Length - _used;
            bytes[..piece].CopyTo(_free[_used..]);
            _used += piece;
            bytes = bytes[piece..];
            Reserve(1);
        }

        bytes.CopyTo(_free[_used..]);
        _used += bytes.Length;
    }

    /// <summary>Hands everything to the output.</summary>
    public void Complete()
    {
        _output.Advance(_used);
        Written += _used;
        _free = default;
        _used = 0;
    }

    private void WriteLine(byte kind, int number)
    {
        Reserve(LongestNumberLine);
        _free[_used++] = kind;
        Utf8Formatter.TryFormat(number, _free[_used..], out var length);
        _used += length;
        _free[_used++] = (byte)'\r';
        _free[_used++] = (byte)'\n';
    }

    private void Reserve(int bytes)
    {
        if (_free.Length - _used < bytes)
        {
            Complete();
            _free = _output.GetSpan(bytes);
        }
    }
}
