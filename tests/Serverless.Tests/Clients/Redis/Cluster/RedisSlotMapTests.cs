using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Cluster;
using Serverless.Components.Clients.Redis.Protocol;
using Serverless.Tests.Clients.Redis.Protocol;

namespace Serverless.Tests.Clients.Redis.Cluster;

public sealed class RedisSlotMapTests
{
    private static readonly RedisEndpoint Asked = new("asked", 7000);

    [Theory]
    [InlineData("*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$1\r\na\r\n:1\r\n", "0-16383 a:1", "a:1")]
    [InlineData("*1\r\n*4\r\n:0\r\n:5\r\n*3\r\n$1\r\na\r\n:1\r\n$2\r\nid\r\n*3\r\n$1\r\nb\r\n:2\r\n$2\r\nid\r\n", "0-5 a:1", "a:1 b:2")]
    [InlineData("*1\r\n*3\r\n:0\r\n:5\r\n*4\r\n$1\r\na\r\n:1\r\n$2\r\nid\r\n*2\r\n$8\r\nhostname\r\n$1\r\nh\r\n", "0-5 a:1", "a:1")]
    [InlineData("*1\r\n*3\r\n:0\r\n:5\r\n*2\r\n$0\r\n\r\n:1\r\n", "0-5 asked:1", "asked:1")]
    [InlineData("*1\r\n*3\r\n:0\r\n:5\r\n*4\r\n$-1\r\n:1\r\n$2\r\nid\r\n*0\r\n", "0-5 asked:1", "asked:1")]
    [InlineData("*1\r\n*3\r\n:0\r\n:5\r\n*2\r\n$3\r\n::1\r\n:1\r\n", "0-5 [::1]:1", "[::1]:1")]
    [InlineData("*2\r\n*3\r\n:0\r\n:5\r\n*2\r\n$1\r\n?\r\n:1\r\n*3\r\n:6\r\n:6\r\n*2\r\n$1\r\nb\r\n:2\r\n", "6-6 b:2", "b:2")]
    public void Read_EachVersionsForm_GivesRangesAndMembers(string wire, string ranges, string members)
    {
        var map = RedisSlotMap.Read(Asked, new RedisReply(RespText.Bytes(wire)));

        Assert.Equal(Asked, map.Source);
        Assert.Equal(ranges, string.Join(' ', map.Ranges.Select(range => $"{range.First}-{range.Last} {range.Primary}")));
        Assert.Equal(members, string.Join(' ', map.Members));
    }

    [Theory]
    [InlineData("+OK\r\n")]
    [InlineData("*1\r\n*0\r\n")]
    [InlineData("*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\na\r\n:1\r\n")]
    [InlineData("*1\r\n*3\r\n:-1\r\n:5\r\n*2\r\n$1\r\na\r\n:1\r\n")]
    [InlineData("*1\r\n*3\r\n:6\r\n:5\r\n*2\r\n$1\r\na\r\n:1\r\n")]
    [InlineData("*1\r\n*3\r\n:0\r\n:5\r\n*1\r\n$1\r\na\r\n")]
    public void Read_AnotherForm_Throws(string wire) =>
        Assert.Throws<RespException>(() => RedisSlotMap.Read(Asked, new RedisReply(RespText.Bytes(wire))));

    [Fact]
    public void Read_NoSlots_IsRefused() =>
        Assert.Equal("asked:7000 knows of no slots", Assert.Throws<RedisConnectionException>(() => RedisSlotMap.Read(Asked, new RedisReply("*0\r\n"u8.ToArray()))).Message);
}
