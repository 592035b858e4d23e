using System.Buffers;

namespace Serverless.Components.Clients.Redis.Protocol;

/// <summary>Finds where one or several whole replies end. What has been scanned is not scanned again when more bytes arrive.</summary>
/// <remarks>Mutable: keep it in a field or a local, never copy it.</remarks>
internal struct RespFrameScanner
{
    /// <summary>Most bytes of the replies together: what one array can hold.</summary>
    public static readonly long Largest = Array.MaxLength;

    private long _missing;

    /// <summary>Scans for that many replies.</summary>
    public RespFrameScanner(int replies) => _missing = replies;

    /// <summary>Bytes scanned so far: the length of the replies once they are whole.</summary>
    public long Length { get; private set; }

    /// <summary>Goes on; <paramref name="input"/> begins where it began before, and only its end may have grown.</summary>
    /// <returns>True when the replies are whole.</returns>
    /// <exception cref="RespException">The bytes are no RESP2.</exception>
    public bool TryScan(in ReadOnlySequence<byte> input)
    {
        while (_missing > 0)
        {
            if (!TryReadHeader(input, out var header))
            {
                return false;
            }

            var end = Length + header.Length + header.BodyLength;
            if (end > Largest)
            {
                throw new RespException("a reply is too large");
            }

            if (header.BodyLength > 0 && !HasBody(input, end))
            {
                return false;
            }

            Length = end;
            _missing += header.Items - 1;
        }

        return true;
    }

    private readonly bool TryReadHeader(in ReadOnlySequence<byte> input, out RespHeader header)
    {
        if (input.IsSingleSegment)
        {
            return RespHeader.TryRead(input.FirstSpan[(int)Length..], out header);
        }

        var rest = input.Slice(Length);
        if (RespHeader.TryRead(rest.FirstSpan, out header))
        {
            return true;
        }

        if (rest.IsSingleSegment)
        {
            return false;
        }

        // The line crosses segments, which is rare: it is read from a copy. Numbers are short, texts may be long.
        Span<byte> start = stackalloc byte[32];
        start = start[..(int)Math.Min(start.Length, rest.Length)];
        rest.Slice(0, start.Length).CopyTo(start);
        return RespHeader.TryRead(start, out header)
            || (rest.Length > start.Length && RespHeader.TryRead(rest.Slice(0, Math.Min(rest.Length, RespHeader.LongestLine + 2)).ToArray(), out header));
    }

    private static bool HasBody(in ReadOnlySequence<byte> input, long end)
    {
        if (input.Length < end)
        {
            return false;
        }

        Span<byte> copy = stackalloc byte[2];
        ReadOnlySpan<byte> tail = copy;
        if (input.IsSingleSegment)
        {
            tail = input.FirstSpan.Slice((int)end - 2, 2);
        }
        else
        {
            input.Slice(end - 2, 2).CopyTo(copy);
        }

        return tail.SequenceEqual("\r\n"u8) ? true : throw new RespException("a bulk string of a reply ends without a line end");
    }
}
