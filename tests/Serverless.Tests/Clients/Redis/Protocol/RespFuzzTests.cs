using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis.Protocol;

public sealed class RespFuzzTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData(1)]
    [InlineData(20_26)]
    [InlineData(0x5eed)]
    public void RandomReplies_CutAnywhere_ReadAsWritten(int seed)
    {
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < 1500 && clock.Elapsed < Longest; round++)
        {
            var (wire, replies, expected) = Generate(random);
            var bytes = RespText.Bytes(wire);
            var scanner = new RespFrameScanner(replies);
            var length = 0;
            while (!scanner.TryScan(Cut(random, bytes.AsMemory(0, length))))
            {
                Assert.True(length < bytes.Length, $"seed {seed}, round {round}: the last byte is there, yet it is not whole");
                length += random.Next(1, Math.Min(bytes.Length - length, 40) + 1);
            }

            Assert.True(scanner.Length == bytes.Length && length == bytes.Length, $"seed {seed}, round {round}: {scanner.Length} instead of {bytes.Length} bytes");
            Assert.Equal($"seed {seed}, round {round}: {expected}", $"seed {seed}, round {round}: {RespText.Read(bytes, replies)}");
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(20_27)]
    [InlineData(0xbad)]
    public void DamagedReplies_AtEveryCut_AreRefusedOrWellFormed(int seed)
    {
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < 3000 && clock.Elapsed < Longest; round++)
        {
            var (wire, replies, _) = Generate(random);
            var bytes = Damage(random, RespText.Bytes(wire));
            try
            {
                var whole = Scan(replies, [new ReadOnlySequence<byte>(bytes)]);
                Assert.Equal(whole, Scan(replies, [Cut(random, bytes)]));
                Assert.Equal(whole, Scan(replies, Enumerable.Range(0, bytes.Length + 1).Select(length => new ReadOnlySequence<byte>(bytes, 0, length))));
                if (whole >= 0)
                {
                    _ = RespText.Read(bytes.AsMemory(0, (int)whole), replies);
                }

                ReadUnscanned(bytes, replies);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {Convert.ToHexString(bytes)}", fault);
            }
        }
    }

    // Bytes of the replies; -1 when they are not whole, -2 when they are refused.
    private static long Scan(int replies, IEnumerable<ReadOnlySequence<byte>> growing)
    {
        var scanner = new RespFrameScanner(replies);
        try
        {
            return growing.Any(input => scanner.TryScan(input)) ? scanner.Length : -1;
        }
        catch (RespException)
        {
            return -2;
        }
    }

    private static void ReadUnscanned(byte[] bytes, int replies)
    {
        try
        {
            var reader = new RespReader(bytes);
            for (var index = 0; index < replies; index++)
            {
                reader.Skip();
            }
        }
        catch (RespException)
        {
            // Refused, which is right.
        }
    }

    private static ReadOnlySequence<byte> Cut(Random random, ReadOnlyMemory<byte> bytes) =>
        RespSplits.At(bytes, [.. Enumerable.Range(0, random.Next(0, 6)).Select(_ => random.Next(0, bytes.Length + 1)).Order()]);

    private static byte[] Damage(Random random, byte[] bytes)
    {
        const string Likely = "\r\n+-:$*0123456789";
        var damaged = bytes.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && damaged.Count > 0; changes--)
        {
            var at = random.Next(damaged.Count);
            var other = random.Next(2) == 0 ? (byte)Likely[random.Next(Likely.Length)] : (byte)random.Next(256);
            switch (random.Next(5))
            {
                case 0:
                    damaged[at] = other;
                    break;
                case 1:
                    damaged.Insert(at, other);
                    break;
                case 2:
                    damaged.RemoveAt(at);
                    break;
                case 3:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
                default:
                    damaged.InsertRange(at, damaged.GetRange(at, Math.Min(damaged.Count - at, random.Next(1, 12))));
                    break;
            }
        }

        return [.. damaged];
    }

    private static (string Wire, int Replies, string Expected) Generate(Random random)
    {
        var (wire, expected) = (new StringBuilder(), new StringBuilder());
        var replies = random.Next(1, 4);
        for (var index = 0; index < replies; index++)
        {
            expected.Append(index > 0 ? " " : "");
            Generate(random, 4, wire, expected);
        }

        return (wire.ToString(), replies, expected.ToString());
    }

    private static void Generate(Random random, int depth, StringBuilder wire, StringBuilder expected)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (random.Next(depth > 0 ? 7 : 6))
        {
            case 0:
                var line = Letters(random, 30);
                wire.Append(culture, $"+{line}\r\n");
                expected.Append(culture, $"+{line}");
                break;
            case 1:
                var error = Letters(random, 30);
                wire.Append(culture, $"-{error}\r\n");
                expected.Append(culture, $"-{error}");
                break;
            case 2:
                var number = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
                wire.Append(culture, $":{number}\r\n");
                expected.Append(culture, $":{number}");
                break;
            case 3:
                wire.Append(random.Next(2) == 0 ? "$-1\r\n" : "*-1\r\n");
                expected.Append(wire[^5] == '$' ? "null" : "null[]");
                break;
            case 4 or 5:
                var body = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => (char)random.Next(256)));
                wire.Append(culture, $"${body.Length}\r\n{body}\r\n");
                expected.Append(culture, $"\"{body}\"");
                break;
            default:
                var items = random.Next(5);
                wire.Append(culture, $"*{items}\r\n");
                expected.Append('[');
                for (var index = 0; index < items; index++)
                {
                    expected.Append(index > 0 ? " " : "");
                    Generate(random, depth - 1, wire, expected);
                }

                expected.Append(']');
                break;
        }
    }

    private static string Letters(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most)).Select(_ => (char)random.Next(' ', '~')));
}
