namespace Serverless.Components.Clients.Redis.Protocol;

/// <summary>The first line of a RESP2 value.</summary>
/// <param name="Kind">What follows.</param>
/// <param name="Number">An integer's value; a bulk string's bytes or an array's items, -1 for null; a line's bytes.</param>
/// <param name="Length">Bytes of the line, with its end.</param>
internal readonly record struct RespHeader(RespKind Kind, long Number, int Length)
{
    /// <summary>Most bytes of one line: error texts are short, though they may quote a key.</summary>
    public const int LongestLine = 1 << 20;

    /// <summary>Bytes of a bulk string behind the header, with their end.</summary>
    public long BodyLength => Kind == RespKind.BulkString && Number >= 0 ? Number + 2 : 0;

    /// <summary>Values that follow as the array's items.</summary>
    public long Items => Kind == RespKind.Array && Number > 0 ? Number : 0;

    /// <summary>Reads the line at the start of <paramref name="input"/>; false when its end has not arrived.</summary>
    /// <remarks>
    /// Redis docs: reference/protocol-spec. <c>+text\r\n</c>, <c>-text\r\n</c>, <c>:[-]digits\r\n</c>, <c>$digits\r\n</c>,
    /// <c>*digits\r\n</c>; <c>$-1</c> and <c>*-1</c> are null.
    /// </remarks>
    /// <exception cref="RespException">The bytes can't become such a line.</exception>
    public static bool TryRead(ReadOnlySpan<byte> input, out RespHeader header)
    {
        header = default;
        if (input.IsEmpty)
        {
            return false;
        }

        var kind = (RespKind)input[0];
        return kind switch
        {
            RespKind.SimpleString or RespKind.Error => TryReadText(kind, input, out header),
            RespKind.Integer or RespKind.BulkString or RespKind.Array => TryReadNumber(kind, input, out header),
            _ => throw new RespException($"a reply can't begin with byte 0x{input[0]:x2}"),
        };
    }

    private static bool TryReadText(RespKind kind, ReadOnlySpan<byte> input, out RespHeader header)
    {
        var end = input.IndexOf((byte)'\r');
        header = new RespHeader(kind, end - 1, end + 2);
        if (Math.Max(end, input.Length) > LongestLine && (end < 0 || end > LongestLine))
        {
            throw new RespException("a line of a reply is too long");
        }

        if (end < 0 || end + 1 == input.Length)
        {
            return false;
        }

        return input[end + 1] == '\n' ? true : throw new RespException("a line of a reply ends without a line feed");
    }

    private static bool TryReadNumber(RespKind kind, ReadOnlySpan<byte> input, out RespHeader header)
    {
        header = default;
        var isNegative = input.Length > 1 && input[1] == '-';
        var position = isNegative ? 2 : 1;
        var first = position;
        ulong number = 0;
        for (; position < input.Length; position++)
        {
            var digit = (uint)(input[position] - '0');
            if (digit > 9)
            {
                break;
            }

            // 19 digits fit; what they may say is checked below.
            if (position - first == 19)
            {
                throw new RespException("a number of a reply is too large");
            }

            number = (number * 10) + digit;
        }

        if (position == input.Length)
        {
            return false;
        }

        if (input[position] != '\r' || position == first)
        {
            throw new RespException("a number of a reply holds something else");
        }

        if (position + 1 == input.Length)
        {
            return false;
        }

        if (input[position + 1] != '\n')
        {
            throw new RespException("a line of a reply ends without a line feed");
        }

        header = new RespHeader(kind, Check(kind, isNegative, number), position + 2);
        return true;
    }

    private static long Check(RespKind kind, bool isNegative, ulong number)
    {
        var largest = kind == RespKind.Integer ? (ulong)long.MaxValue + (isNegative ? 1UL : 0) : isNegative ? 1UL : int.MaxValue;
        return number <= largest && (kind == RespKind.Integer || !isNegative || number == 1)
            ? isNegative ? unchecked(-(long)number) : (long)number
            : throw new RespException("a number of a reply is out of range");
    }
}
