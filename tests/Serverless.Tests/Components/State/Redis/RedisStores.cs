using Serverless.Components.Registry;

namespace Serverless.Tests.Components.State.Redis;

/// <summary>Builds contexts of Redis stores.</summary>
internal static class RedisStores
{
    public static ComponentContext Context(string host, TimeProvider time, params (string Name, string Value)[] items) =>
        StateContexts.Create("state.redis", time, [("redisHost", host), .. items]);
}
