using System.Text;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis.Protocol;

public sealed class RespReaderTests
{
    [Theory]
    [MemberData(nameof(RespFrameScannerTests.Replies), MemberType = typeof(RespFrameScannerTests))]
    public void Skip_EachReply_EndsBehindIt(string wire, int replies, string expected)
    {
        Assert.NotEmpty(expected);
        var reader = new RespReader(RespText.Bytes(wire));
        for (var index = 0; index < replies; index++)
        {
            reader.Skip();
        }

        Assert.True(reader.IsAtEnd);
        Assert.Equal(wire.Length, reader.Position);
    }

    [Theory]
    [MemberData(nameof(RespFrameScannerTests.Replies), MemberType = typeof(RespFrameScannerTests))]
    public void Read_EveryTruncation_Throws(string wire, int replies, string expected)
    {
        Assert.NotEmpty(expected);
        var bytes = RespText.Bytes(wire);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<RespException>(() => RespText.Read(bytes.AsMemory(0, length), replies));
            Assert.Throws<RespException>(() => SkipAll(bytes.AsMemory(0, length), replies));
        }
    }

    [Theory]
    [MemberData(nameof(RespFrameScannerTests.NoReplies), MemberType = typeof(RespFrameScannerTests))]
    public void Read_NothingScanned_ThrowsOrReadsWithinTheBytes(string wire)
    {
        try
        {
            SkipAll(RespText.Bytes(wire), 1);
        }
        catch (RespException)
        {
            // Any other exception would tell the caller nothing.
        }
    }

    [Theory]
    [InlineData("+OK\r\n", "integer")]
    [InlineData("-ERR\r\n", "array")]
    [InlineData(":1\r\n", "bulk")]
    [InlineData(":1\r\n", "text")]
    [InlineData("$1\r\na\r\n", "error")]
    [InlineData("*0\r\n", "text")]
    [InlineData("", "kind")]
    [InlineData("", "text")]
    [InlineData("", "skip")]
    public void Read_AnotherKindOrNothing_Throws(string wire, string what) => Assert.Throws<RespException>(() =>
    {
        var reader = new RespReader(RespText.Bytes(wire));
        long? value = what switch
        {
            "integer" => reader.ReadInteger(),
            "array" => reader.ReadArray(),
            "bulk" => reader.ReadBulk()?.Length,
            "error" => reader.ReadError().Length,
            "kind" => (int)reader.Kind,
            "skip" => SkipAll(RespText.Bytes(wire), 1),
            _ => reader.ReadText()?.Length,
        };
        Assert.Null(value);
    });

    [Fact]
    public void ReadText_SimpleBulkAndNull_IsUtf8()
    {
        var reader = new RespReader(Encoding.UTF8.GetBytes("+é\r\n$7\r\n€😀\r\n$0\r\n\r\n$-1\r\n"));

        Assert.Equal("é", reader.ReadText());
        Assert.Equal("€😀", reader.ReadText());
        Assert.Equal("", reader.ReadText());
        Assert.Null(reader.ReadText());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void ReadBulk_Any_PointsIntoTheReply()
    {
        var bytes = RespText.Bytes("$3\r\nabc\r\n");
        var reader = new RespReader(bytes);

        var body = reader.ReadBulk();

        Assert.Equal(bytes.AsMemory(4, 3), body);
    }

    private static int SkipAll(ReadOnlyMemory<byte> bytes, int values)
    {
        var reader = new RespReader(bytes);
        for (var index = 0; index < values; index++)
        {
            reader.Skip();
        }

        return reader.Position;
    }
}
