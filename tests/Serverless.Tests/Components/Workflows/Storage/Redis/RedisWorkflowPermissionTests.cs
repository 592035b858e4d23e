using Serverless.Backends.Redis;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage.Redis;

/// <summary>What a user may not do, and what there is no memory for, is refused before anything is written.</summary>
public sealed class RedisWorkflowPermissionTests : RedisWorkflowTest
{
    private protected override RedisServerSettings Settings => new() { Users = [new RedisUser("ann", "pw", "allkeys +@all")] };

    [Theory]
    [InlineData("hset")]
    [InlineData("hdel")]
    [InlineData("rpush")]
    [InlineData("zadd")]
    [InlineData("zrem")]
    [InlineData("lrem")]
    [InlineData("unlink")]
    public async Task Change_CommandForbidden_ChangesNothing(string command)
    {
        await StartAsync(Item("a1", owner: Me), Item("a2"));
        await Store.AppendAsync(Id, Message("m1"), Me, Token);
        await Store.PutPayloadAsync(Id, "p1", "payload"u8.ToArray(), Token);
        var turn = await TurnAsync() with { CompletedWork = [Item("a1")], NewWork = [Item("a3"), Item("a4", owner: Me)], ReplacesHistory = true };
        await using var store = await OpenAsync("app", ("redisUsername", "ann"), ("redisPassword", "pw"));
        await Server.Cli.CallAsync(["ACL", "SETUSER", "ann", "-" + command], Token);
        var before = await DumpAsync();

        var fault = await Assert.ThrowsAsync<WorkflowStoreException>(() => store.CommitAsync(turn, Token).AsTask());
        Assert.Contains("NOPERM this user may not run " + command.ToUpperInvariant(), fault.Message, StringComparison.Ordinal);
        await RefusedAsync(store.CreateAsync(New("order-2"), Token).AsTask(), command is not "lrem");
        await RefusedAsync(store.AppendAsync(Id, Message("m2"), Me, Token).AsTask(), command is "hset" or "rpush" or "zadd" or "zrem");
        await RefusedAsync(store.CompleteAsync(Item("a1"), Me, Message("r1"), Token).AsTask(), command is not ("lrem" or "unlink"));
        await RefusedAsync(store.ClaimAsync(Id, "a2", Me, Token).AsTask(), command is "hset" or "zadd" or "zrem");
        await RefusedAsync(store.ClaimAsync(new WorkClaim { Owner = Me, Now = Now, MostTurns = 1, MostActivities = 1 }, Token).AsTask(), command is "hset" or "zadd" or "zrem");
        await RefusedAsync(store.ReleaseAsync(Item("a1"), Me, Token).AsTask(), command is "hset" or "zadd" or "zrem");
        await RefusedAsync(store.EndSessionAsync(Me, Token).AsTask(), command is "hset" or "hdel" or "zadd" or "zrem");

        if (command is "hset" or "zadd" or "zrem")
        {
            Assert.Equal(before, await DumpAsync());
        }

        await RefusedAsync(store.PurgeAsync(Id, 1, Token).AsTask(), command is "unlink" or "hdel" or "zrem");
        await VerifyAsync();
    }

    [Fact]
    public async Task Change_NoMemory_ChangesNothing()
    {
        await StartAsync(Item("a1", owner: Me), Item("a2"));
        await Store.AppendAsync(Id, Message("m1"), Me, Token);
        var turn = await TurnAsync() with { CompletedWork = [Item("a1")], NewWork = [Item("a3")] };
        await Server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", "1"], Token);
        var before = await DumpAsync();

        Exception[] faults =
        [
            await Assert.ThrowsAsync<WorkflowStoreException>(() => Store.CreateAsync(New("order-2"), Token).AsTask()),
            await Assert.ThrowsAsync<WorkflowStoreException>(() => Store.AppendAsync(Id, Message("m2"), Me, Token).AsTask()),
            await Assert.ThrowsAsync<WorkflowStoreException>(() => Store.PutPayloadAsync(Id, "p1", new byte[100], Token).AsTask()),
            await Assert.ThrowsAsync<WorkflowStoreException>(() => Store.ClaimAsync(Id, "a2", Me, Token).AsTask()),
        ];

        Assert.All(faults, fault => Assert.Contains("OOM", fault.Message, StringComparison.Ordinal));
        Assert.Equal(before, await DumpAsync());

        // What makes room first is let through, and then all of it.
        await CommitAsync(turn);
        await VerifyAsync();
        Assert.True(await Store.PurgeAsync(Id, 2, Token));
    }

    private static async Task RefusedAsync(Task change, bool isExpected)
    {
        if (isExpected)
        {
            Assert.Contains("NOPERM", (await Assert.ThrowsAsync<WorkflowStoreException>(() => change)).Message, StringComparison.Ordinal);
        }
        else
        {
            await change;
        }
    }
}
