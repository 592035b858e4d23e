using System.Buffers;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis.Protocol;

public sealed class RespFrameScannerTests
{
    /// <summary>Wire bytes, how many replies they are, and what the reader makes of them.</summary>
    public static TheoryData<string, int, string> Replies() => new()
    {
        { "+OK\r\n", 1, "+OK" },
        { "+\r\n", 1, "+" },
        { "+a\nb\r\n", 1, "+a\nb" },
        { "-ERR unknown command\r\n", 1, "-ERR unknown command" },
        { "-MOVED 3999 127.0.0.1:6381\r\n", 1, "-MOVED 3999 127.0.0.1:6381" },
        { "-\r\n", 1, "-" },
        { ":0\r\n", 1, ":0" },
        { ":-0\r\n", 1, ":0" },
        { ":007\r\n", 1, ":7" },
        { ":-1\r\n", 1, ":-1" },
        { ":9223372036854775807\r\n", 1, ":9223372036854775807" },
        { ":-9223372036854775808\r\n", 1, ":-9223372036854775808" },
        { "$0\r\n\r\n", 1, "\"\"" },
        { "$-1\r\n", 1, "null" },
        { "$5\r\nhello\r\n", 1, "\"hello\"" },
        { "$2\r\n\r\n\r\n", 1, "\"\r\n\"" },
        { "$9\r\n+OK\r\n$1\r\n\r\n", 1, "\"+OK\r\n$1\r\n\"" },
        { "$4\r\n\0\x01\xfe\xff\r\n", 1, "\"\0\x01\xfe\xff\"" },
        { "*0\r\n", 1, "[]" },
        { "*-1\r\n", 1, "null[]" },
        { "*1\r\n*0\r\n", 1, "[[]]" },
        { "*2\r\n$1\r\na\r\n$-1\r\n", 1, "[\"a\" null]" },
        { "*3\r\n:1\r\n*-1\r\n+x\r\n", 1, "[:1 null[] +x]" },
        { "*2\r\n*2\r\n:1\r\n*1\r\n:2\r\n-ERR in\r\n", 1, "[[:1 [:2]] -ERR in]" },
        { "*5\r\n+s\r\n-E e\r\n:5\r\n$3\r\nabc\r\n*1\r\n$0\r\n\r\n", 1, "[+s -E e :5 \"abc\" [\"\"]]" },
        { "+OK\r\n:7\r\n", 2, "+OK :7" },
        { "*1\r\n:1\r\n*0\r\n$-1\r\n", 3, "[:1] [] null" },
        { "+OK\r\n-ASK 1 :7000\r\n*2\r\n$1\r\nx\r\n:1\r\n$2\r\nyz\r\n", 4, "+OK -ASK 1 :7000 [\"x\" :1] \"yz\"" },
        { "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n$1\r\nx\r\n", 1, "[[[[[\"x\"]]]]]" },
    };

    public static TheoryData<string> NoReplies() =>
    [
        "\r\n", " +OK\r\n", "x", "\0", "_\r\n", "#t\r\n", ",1.5\r\n", "%1\r\n", ">1\r\n", "~0\r\n", "=7\r\ntxt:abc\r\n",
        "+OK\rX", "+OK\r\r\n", "-ERR\rX",
        ":\r\n", ":-\r\n", ":+1\r\n", ":--1\r\n", ": 1\r\n", ":1 \r\n", ":1a\r\n", ":1.5\r\n", ":0x1\r\n", ":1\rX", ":1\n", ":1-\r\n",
        ":9223372036854775808\r\n", ":-9223372036854775809\r\n", ":18446744073709551616\r\n", ":99999999999999999999\r\n", ":00000000000000000001\r\n",
        "$\r\n", "$-\r\n", "$-0\r\n", "$-2\r\n", "$+1\r\n", "$a\r\n", "$1\rX", "$2147483648\r\n", "$2147483647\r\n", "$9999999999999999999\r\n",
        "$3\r\nabcde", "$3\r\nabcd\r\n", "$3\r\nabc\n\r", "$3\r\nabc\rX", "$3\r\nab\r\n\r", "$0\r\nXX", "$0\r\n\n\r",
        "*\r\n", "*-2\r\n", "*-0\r\n", "*a\r\n", "*2147483648\r\n", "*1\rX",
        "*1\r\nx", "*2\r\n:1\r\n\r\n", "*2\r\n*1\r\n:1\r\n*-3\r\n", "*1\r\n$1\r\nabc",
    ];

    [Theory]
    [MemberData(nameof(Replies))]
    public void TryScan_OneSegmentThatGrows_IsCompleteAtTheLastByte(string wire, int replies, string expected)
    {
        var bytes = RespText.Bytes(wire);
        var scanner = new RespFrameScanner(replies);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(scanner.TryScan(new ReadOnlySequence<byte>(bytes, 0, length)));
        }

        Assert.True(scanner.TryScan(new ReadOnlySequence<byte>(bytes)));
        Assert.Equal(bytes.Length, scanner.Length);
        Assert.Equal(expected, RespText.Read(bytes, replies));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void TryScan_SegmentPerByteThatGrows_IsCompleteAtTheLastByte(string wire, int replies, string expected)
    {
        var bytes = RespText.Bytes(wire);
        var scanner = new RespFrameScanner(replies);
        for (var length = 1; length < bytes.Length; length++)
        {
            Assert.False(scanner.TryScan(RespSplits.At(bytes.AsMemory(0, length), [.. Enumerable.Range(1, length - 1)])));
        }

        Assert.True(scanner.TryScan(RespSplits.At(bytes, [.. Enumerable.Range(1, bytes.Length - 1)])));
        Assert.Equal(bytes.Length, scanner.Length);
        Assert.Equal(expected, RespText.Read(bytes, replies));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void TryScan_EverySplit_FindsTheEndAndLeavesTheRest(string wire, int replies, string expected)
    {
        var bytes = RespText.Bytes(wire);
        byte[] more = [.. bytes, .. "+n"u8];
        foreach (var sequence in RespSplits.Of(more))
        {
            var scanner = new RespFrameScanner(replies);
            Assert.True(scanner.TryScan(sequence));
            Assert.Equal(bytes.Length, scanner.Length);
            Assert.Equal(expected, RespText.Read(sequence.Slice(0, scanner.Length).ToArray(), replies));
        }
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void TryScan_EveryTruncation_IsNeverComplete(string wire, int replies, string expected)
    {
        Assert.NotEmpty(expected);
        var bytes = RespText.Bytes(wire);
        for (var length = 0; length < bytes.Length; length++)
        {
            foreach (var sequence in RespSplits.Of(bytes[..length]))
            {
                Assert.False(new RespFrameScanner(replies).TryScan(sequence));
            }
        }
    }

    [Theory]
    [MemberData(nameof(NoReplies))]
    public void TryScan_MalformedAtEverySplit_Throws(string wire)
    {
        var bytes = RespText.Bytes(wire);
        foreach (var sequence in RespSplits.Of(bytes))
        {
            Assert.Throws<RespException>(() => new RespFrameScanner(1).TryScan(sequence));
        }
    }

    [Theory]
    [MemberData(nameof(NoReplies))]
    public void TryScan_MalformedThatGrows_IsNeverCompleteAndThrowsInTheEnd(string wire)
    {
        var bytes = RespText.Bytes(wire);
        var scanner = new RespFrameScanner(1);
        Assert.Throws<RespException>(() =>
        {
            for (var length = 0; length <= bytes.Length; length++)
            {
                Assert.False(scanner.TryScan(new ReadOnlySequence<byte>(bytes, 0, length)));
            }
        });
    }

    [Theory]
    [InlineData("$2147483000\r\nabc")]
    [InlineData("*2147483647\r\n:1\r\n")]
    [InlineData("*2147483647\r\n*2147483647\r\n*2147483647\r\n$2147480000\r\n")]
    public void TryScan_HugeDeclaredLength_AllocatesNothing(string wire)
    {
        var sequence = new ReadOnlySequence<byte>(RespText.Bytes(wire));
        var split = RespSplits.At(RespText.Bytes(wire), 3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isWhole = new RespFrameScanner(1).TryScan(sequence) || new RespFrameScanner(1).TryScan(split);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.False(isWhole);
        Assert.InRange(allocated, 0, 2048);
    }

    [Fact]
    public void TryScan_DeepNesting_EndsWhereItEnds()
    {
        const int Depth = 100_000;
        var bytes = RespText.Bytes(string.Concat(Enumerable.Repeat("*1\r\n", Depth)) + ":1\r\n");
        var scanner = new RespFrameScanner(1);

        Assert.False(scanner.TryScan(new ReadOnlySequence<byte>(bytes, 0, bytes.Length - 1)));
        Assert.True(scanner.TryScan(new ReadOnlySequence<byte>(bytes)));
        Assert.Equal(bytes.Length, scanner.Length);
    }

    [Theory]
    [InlineData(RespHeader.LongestLine - 2, true)]
    [InlineData(RespHeader.LongestLine - 1, true)]
    [InlineData(RespHeader.LongestLine, false)]
    [InlineData(RespHeader.LongestLine + 1, false)]
    public void TryScan_LongLine_HasABound(int letters, bool isAccepted)
    {
        var bytes = RespText.Bytes("-" + new string('a', letters) + "\r\n");
        foreach (var sequence in new[] { new ReadOnlySequence<byte>(bytes), RespSplits.At(bytes, 1, 70_000), RespSplits.At(bytes, bytes.Length - 1) })
        {
            var scanner = new RespFrameScanner(1);
            if (isAccepted)
            {
                Assert.True(scanner.TryScan(sequence));
                Assert.Equal(bytes.Length, scanner.Length);
            }
            else
            {
                Assert.Throws<RespException>(() => scanner.TryScan(sequence));
            }
        }
    }

    [Fact]
    public void TryScan_LineThatNeverEnds_ThrowsAtTheBound()
    {
        var bytes = RespText.Bytes("+" + new string('a', RespHeader.LongestLine));

        Assert.False(new RespFrameScanner(1).TryScan(new ReadOnlySequence<byte>(bytes, 0, RespHeader.LongestLine)));
        Assert.False(new RespFrameScanner(1).TryScan(RespSplits.At(bytes.AsMemory(0, RespHeader.LongestLine), 5)));
        Assert.Throws<RespException>(() => new RespFrameScanner(1).TryScan(new ReadOnlySequence<byte>(bytes)));
        Assert.Throws<RespException>(() => new RespFrameScanner(1).TryScan(RespSplits.At(bytes, 5)));
    }

    [Fact]
    public void TryScan_LargeBulkInManyPieces_IsCompleteAtTheLastByte()
    {
        byte[] bytes = [.. "*2\r\n$1000000\r\n"u8, .. new byte[1_000_000], .. "\r\n:1\r\n"u8];
        var scanner = new RespFrameScanner(1);
        for (var length = 0; length < bytes.Length; length += 4099)
        {
            Assert.False(scanner.TryScan(RespSplits.At(bytes.AsMemory(0, length), length / 2)));
        }

        Assert.True(scanner.TryScan(RespSplits.At(bytes, 13, 1_000_010)));
        Assert.Equal(bytes.Length, scanner.Length);
    }
}
