using System.Buffers;

namespace Serverless.Tests.Clients.Redis.Protocol;

/// <summary>The same bytes as sequences of differently cut segments.</summary>
internal static class RespSplits
{
    // Pairs of positions grow with the square.
    private const int LongestForPairs = 48;

    /// <summary>One segment; one byte each; two segments cut at every position; three for short bytes.</summary>
    public static IEnumerable<ReadOnlySequence<byte>> Of(byte[] bytes)
    {
        yield return new ReadOnlySequence<byte>(bytes);
        yield return At(bytes, [.. Enumerable.Range(1, Math.Max(bytes.Length - 1, 0))]);
        for (var first = 0; first <= bytes.Length; first++)
        {
            yield return At(bytes, first);
            for (var second = first; bytes.Length <= LongestForPairs && second <= bytes.Length; second++)
            {
                yield return At(bytes, first, second);
            }
        }
    }

    /// <summary>Cuts at the given positions, which ascend; equal ones make an empty segment.</summary>
    public static ReadOnlySequence<byte> At(ReadOnlyMemory<byte> bytes, params int[] positions)
    {
        var first = new Segment(bytes[..(positions.Length > 0 ? positions[0] : bytes.Length)], null);
        var last = first;
        for (var index = 0; index < positions.Length; index++)
        {
            var end = index + 1 < positions.Length ? positions[index + 1] : bytes.Length;
            last = new Segment(bytes[positions[index]..end], last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
