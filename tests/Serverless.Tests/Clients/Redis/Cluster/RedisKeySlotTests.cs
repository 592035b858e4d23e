using System.Text;
using Serverless.Components.Clients.Redis.Cluster;

namespace Serverless.Tests.Clients.Redis.Cluster;

public sealed class RedisKeySlotTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("123456789", 0x31c3)]
    [InlineData("foo", 12182)]
    [InlineData("bar", 5061)]
    [InlineData("{}a", 10875)]
    public void Of_KnownKey_IsTheSpecifiedSlot(string key, int slot) => Assert.Equal(slot, RedisKeySlot.Of(key));

    [Theory]
    [InlineData("{user1000}.following", "user1000")]
    [InlineData("{user1000}.followers", "user1000")]
    [InlineData("a{user1000}", "user1000")]
    [InlineData("foo{{bar}}zap", "{bar")]
    [InlineData("foo{bar}{zap}", "bar")]
    [InlineData("}{x}", "x")]
    public void Of_HashTag_IsTheTagsSlot(string key, string tag) => Assert.Equal(RedisKeySlot.Of(tag), RedisKeySlot.Of(key));

    [Theory]
    [InlineData("foo{}{bar}")]
    [InlineData("foo{bar")]
    [InlineData("foo}bar{")]
    public void Of_NoHashTag_IsTheWholeKeysSlot(string key) => Assert.NotEqual(RedisKeySlot.Of("bar"), RedisKeySlot.Of(key));

    [Theory]
    [InlineData(50)]
    [InlineData(130)]
    [InlineData(5000)]
    public void Of_TextOfAnyLength_IsItsUtf8Slot(int length)
    {
        var key = string.Concat(Enumerable.Range(0, length).Select(index => "aé€"[index % 3]));

        Assert.Equal(RedisKeySlot.Of(Encoding.UTF8.GetBytes(key)), RedisKeySlot.Of(key));
        Assert.InRange(RedisKeySlot.Of(key), 0, RedisKeySlot.Count - 1);
    }
}
