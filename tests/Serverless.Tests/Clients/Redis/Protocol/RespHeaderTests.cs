using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis.Protocol;

public sealed class RespHeaderTests
{
    [Theory]
    [InlineData("+OK\r\n", RespKind.SimpleString, 2, 0, 0)]
    [InlineData("-ERR a\r\n", RespKind.Error, 5, 0, 0)]
    [InlineData(":-12\r\n", RespKind.Integer, -12, 0, 0)]
    [InlineData(":2147483648\r\n", RespKind.Integer, 2147483648, 0, 0)]
    [InlineData("$0\r\n", RespKind.BulkString, 0, 2, 0)]
    [InlineData("$12\r\n", RespKind.BulkString, 12, 14, 0)]
    [InlineData("$2147483647\r\n", RespKind.BulkString, int.MaxValue, 2147483649, 0)]
    [InlineData("$-1\r\n", RespKind.BulkString, -1, 0, 0)]
    [InlineData("*3\r\n", RespKind.Array, 3, 0, 3)]
    [InlineData("*0\r\n", RespKind.Array, 0, 0, 0)]
    [InlineData("*-1\r\n", RespKind.Array, -1, 0, 0)]
    public void TryRead_WholeLine_SaysWhatFollows(string line, object kind, long number, long bodyLength, long items)
    {
        // What comes after the line is not its business.
        Assert.True(RespHeader.TryRead(RespText.Bytes(line + "\rjunk"), out var header));

        Assert.Equal(new RespHeader((RespKind)kind, number, line.Length), header);
        Assert.Equal(bodyLength, header.BodyLength);
        Assert.Equal(items, header.Items);
        for (var length = 0; length < line.Length; length++)
        {
            Assert.False(RespHeader.TryRead(RespText.Bytes(line[..length]), out _));
        }
    }

    [Fact]
    public void TryRead_EveryFirstByteThatBeginsNothing_Throws()
    {
        for (var first = 0; first < 256; first++)
        {
            var input = new[] { (byte)first };
            if (Enum.IsDefined((RespKind)first))
            {
                Assert.False(RespHeader.TryRead(input, out _));
            }
            else
            {
                Assert.Throws<RespException>(() => RespHeader.TryRead(input, out _));
            }
        }
    }

    [Theory]
    [InlineData(":")]
    [InlineData("$")]
    [InlineData("*")]
    public void TryRead_EveryByteThatIsNoDigit_Throws(string kind)
    {
        for (var next = 0; next < 256; next++)
        {
            if (next is not (>= '0' and <= '9') and not '\r')
            {
                Assert.Throws<RespException>(() => RespHeader.TryRead(RespText.Bytes($"{kind}1{(char)next}"), out _));
            }
        }
    }
}
