using Serverless.Components.Clients.Redis;
using Serverless.Components.Clients.Redis.Cluster;

namespace Serverless.Tests.Clients.Redis.Cluster;

public sealed class RedisRedirectionTests
{
    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", 3999, "127.0.0.1", 6381)]
    [InlineData("ASK 0 redis-2.example.com:6379", 0, "redis-2.example.com", 6379)]
    [InlineData("MOVED 16383 ::1:6381", 16383, "::1", 6381)]
    [InlineData("MOVED 12 fe80::1:2:7000", 12, "fe80::1:2", 7000)]
    [InlineData("MOVED 12 :7000", 12, "asked", 7000)]
    public void Parse_Redirection_NamesSlotAndNode(string error, int slot, string host, int port) =>
        Assert.Equal(new RedisRedirection(slot, new RedisEndpoint(host, port)), RedisRedirection.Parse(error, "asked"));

    [Theory]
    [InlineData("MOVED")]
    [InlineData("MOVED 1")]
    [InlineData("MOVED 1 host")]
    [InlineData("MOVED 1 host:")]
    [InlineData("MOVED 1 host:x")]
    [InlineData("MOVED 1 host:0")]
    [InlineData("MOVED 1 host:65536")]
    [InlineData("MOVED 1 ?:7000")]
    [InlineData("MOVED -1 host:7000")]
    [InlineData("MOVED 16384 host:7000")]
    [InlineData("MOVED x host:7000")]
    [InlineData("MOVED 1 host:7000 more")]
    public void Parse_NothingUseful_IsNull(string error) => Assert.Null(RedisRedirection.Parse(error, "asked"));

    [Fact]
    public void Parse_NoHostFromANodeThatIsGone_IsNull() => Assert.Null(RedisRedirection.Parse("MOVED 1 :7000", null));
}
