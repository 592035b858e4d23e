using System.Text;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis.Protocol;

public sealed class RespWriterTests
{
    public static TheoryData<int> SizesBeyondTheHint() => [.. Enumerable.Range(0, 41), 1000];

    [Theory]
    [MemberData(nameof(SizesBeyondTheHint))]
    public void Write_AnyOutput_IsReadBack(int beyondHint)
    {
        string[] texts = ["", "a", "SET", "é", "€uro", "😀", "a\r\nb", "\0", "\ud800", new string('x', 300), new string('ü', 300)];
        byte[][] values = [[], [0], "\r\n"u8.ToArray(), [0xff, 0xfe], [.. Enumerable.Range(0, 300).Select(value => (byte)value)]];
        long[] numbers = [0, 7, -1, long.MinValue, long.MaxValue];
        var output = new OddBufferWriter(beyondHint);
        var writer = new RespWriter(output);

        writer.WriteHeader(texts.Length + values.Length + numbers.Length + 1);
        foreach (var text in texts)
        {
            writer.WriteBulk(text);
        }

        foreach (var value in values)
        {
            writer.WriteBulk(value);
        }

        foreach (var number in numbers)
        {
            writer.WriteBulk(number);
        }

        writer.WriteRaw("$4\r\nPING\r\n"u8);
        writer.Complete();

        var expected = texts.Select(Encoding.UTF8.GetBytes)
            .Concat(values)
            .Concat(numbers.Select(number => Encoding.ASCII.GetBytes($"{number}")))
            .Append("PING"u8.ToArray())
            .Select(part => $"\"{RespText.Latin(part)}\"");
        Assert.Equal($"[{string.Join(' ', expected)}]", RespText.Read(output.Written, 1));
        Assert.Equal(output.Written.Length, writer.Written);
    }

    [Fact]
    public void WriteBulk_LargeBytes_GoOutInPieces()
    {
        var value = new byte[1 << 20];
        new Random(5).NextBytes(value);
        var output = new OddBufferWriter(1000);
        var writer = new RespWriter(output);

        writer.WriteBulk(value);
        writer.Complete();

        var reader = new RespReader(output.Written);
        Assert.Equal(value, reader.ReadBulk()!.Value.ToArray());
        Assert.True(reader.IsAtEnd);
        Assert.InRange(output.Largest, 1, 2000);
    }

    [Fact]
    public void WriteBulk_LargeText_IsReadBack()
    {
        var value = string.Concat(Enumerable.Repeat("a€😀", 100_000));
        var output = new OddBufferWriter(3);
        var writer = new RespWriter(output);

        writer.WriteBulk(value);
        writer.Complete();

        var reader = new RespReader(output.Written);
        Assert.Equal(value, reader.ReadText());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Complete_Repeated_HandsOutEachByteOnce()
    {
        var output = new OddBufferWriter(10);
        var writer = new RespWriter(output);

        writer.Complete();
        writer.WriteHeader(1);
        writer.Complete();
        writer.Complete();
        writer.WriteBulk("x");
        writer.Complete();

        Assert.Equal("*1\r\n$1\r\nx\r\n", RespText.Latin(output.Written));
        Assert.Equal(11, writer.Written);
    }
}
