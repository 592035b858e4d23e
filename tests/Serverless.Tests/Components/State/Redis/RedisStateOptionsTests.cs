using Serverless.Components.Registry;
using Serverless.Components.State.Redis;

namespace Serverless.Tests.Components.State.Redis;

public sealed class RedisStateOptionsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("60", 60L)]
    [InlineData("-1", -1L)]
    [InlineData("9000000000000000", 9_000_000_000_000_000)]
    public void TtlInSeconds_Given_IsTheDefault(string? value, long? expected) =>
        Assert.Equal(expected, RedisStateOptions.Read(Context(value is null ? [] : [("ttlInSeconds", value)])).DefaultTtl);

    [Theory]
    [InlineData("ttlInSeconds", "abc", "a whole number up to 9000000000000000")]
    [InlineData("ttlInSeconds", "9000000000000001", "a whole number up to 9000000000000000")]
    [InlineData("queryIndexes", "[]", "nothing: queries need the modules RediSearch and RedisJSON, which are not supported")]
    [InlineData("redisDB", "x", "a whole number of at least 0")]
    public void Value_Unusable_IsAFault(string name, string value, string expected)
    {
        var fault = Assert.Throws<ComponentException>(() => RedisStateOptions.Read(Context((name, value))));

        Assert.Equal($"component 'statestore': metadata '{name}': expected {expected}", fault.Message);
    }

    private static ComponentContext Context(params (string Name, string Value)[] items) => RedisStores.Context("localhost", TimeProvider.System, items);
}
