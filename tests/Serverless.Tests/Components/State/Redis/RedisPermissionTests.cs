using System.Text;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;
using Serverless.Components.State;
using Serverless.Components.State.Redis;

namespace Serverless.Tests.Components.State.Redis;

/// <summary>What a user may not do, and what there is no memory for, is refused before anything is written.</summary>
public sealed class RedisPermissionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-hset")]
    [InlineData("-hincrby")]
    [InlineData("-expire")]
    [InlineData("-persist")]
    [InlineData("-del")]
    [InlineData("-@keyspace")]
    [InlineData("-@hash +hmget +hset")]
    public async Task Write_CommandForbidden_ChangesNothing(string rule)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Users = [new RedisUser("ann", "pw", $"allkeys +@all {rule}")] }, Token);
        await using var store = new RedisStateStore(RedisStores.Context(server.Address, TimeProvider.System, ("redisUsername", "ann"), ("redisPassword", "pw")));
        await store.InitializeAsync(Token);
        await server.Cli.CallAsync(["HSET", "hash", "data", "1", "version", "1"], Token);
        await server.Cli.CallAsync(["EXPIRE", "hash", "1000"], Token);
        await server.Cli.CallAsync(["SET", "text", "other"], Token);
        var before = await StateAsync(server);

        var faults = new List<Exception>
        {
            await RefusedAsync(store, Set("a"), Set("b", "50"), Set("hash", "0"), new StateDelete { Key = "text" }),
            await RefusedAsync(store, new StateDelete { Key = "hash" }, Set("text"), Set("a", "50"), Set("b", "0")),
        };
        if (rule is not ("-del" or "-persist"))
        {
            faults.Add(await RefusedAsync(store, Set("a", "50")));
        }

        if (rule is not ("-del" or "-expire"))
        {
            faults.Add(await RefusedAsync(store, Set("hash", "0")));
        }

        if (rule is not ("-expire" or "-persist"))
        {
            faults.Add(await RefusedAsync(store, Set("text")));
        }

        Assert.All(faults, fault => Assert.Contains("NOPERM this user may not run ", fault.Message, StringComparison.Ordinal));
        Assert.Equal(before, await StateAsync(server));
    }

    [Fact]
    public async Task Write_NoMemory_ChangesNothing()
    {
        await using var server = await RedisServer.StartAsync(Token);
        await using var store = new RedisStateStore(RedisStores.Context(server.Address, TimeProvider.System));
        await store.InitializeAsync(Token);
        await store.SetAsync(Set("a"), Token);
        await store.SetAsync(Set("c"), Token);
        await server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", "1"], Token);

        var single = await RefusedAsync(store, Set("a"));
        var several = await RefusedAsync(store, Set("a", "50"), Set("b"), new StateDelete { Key = "c" });

        Assert.All((Exception[])[single, several], fault => Assert.Contains("OOM", fault.Message, StringComparison.Ordinal));
        Assert.Equal("1", (await store.GetAsync(new StateGet("a", "", StateMetadata.Empty), Token))!.ETag);
        Assert.Equal(2, (await server.Cli.CallAsync(["DBSIZE"], Token)).Number);

        // What makes room is let through, and then all of it.
        Assert.Equal(StateResult.Done, await store.TransactAsync(Transaction(new StateDelete { Key = "c" }, Set("a"), Set("b")), Token));
        Assert.Equal(2, (await server.Cli.CallAsync(["EXISTS", "a", "b"], Token)).Number);
    }

    private static async Task<Exception> RefusedAsync(RedisStateStore store, params object[] operations) =>
        await Assert.ThrowsAsync<RedisServerException>(() => store.TransactAsync(Transaction(operations), Token).AsTask());

    private static StateTransaction Transaction(params object[] operations) => new(
        [.. operations.Select(operation => operation is StateSet set ? new StateOperation(set) : new StateOperation((StateDelete)operation))], StateMetadata.Empty);

    private static StateSet Set(string key, string ttl = "") => new()
    {
        Key = key,
        Value = "2"u8.ToArray(),
        Metadata = new Dictionary<string, string> { ["ttlInSeconds"] = ttl },
    };

    private static async Task<string> StateAsync(RedisServer server)
    {
        var text = new StringBuilder();
        foreach (var key in (await server.Cli.CallAsync(["KEYS", "*"], Token)).List.Order(StringComparer.Ordinal))
        {
            var expires = (await server.Cli.CallAsync(["TTL", key!], Token)).Number > 0;
            text.Append(key).Append(expires ? " expires " : " stays ").Append((await server.Cli.CallAsync(["TYPE", key!], Token)).Text == "hash"
                ? string.Join(' ', (await server.Cli.CallAsync(["HGETALL", key!], Token)).List)
                : (await server.Cli.CallAsync(["GET", key!], Token)).Text);
        }

        return text.ToString();
    }
}
