using System.Net;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The server lives and refuses to write.</summary>
public sealed class RedisRefusalTests(RedisApp redis) : IClassFixture<RedisApp>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_ServerOutOfMemory_SaysSoAndReadsGoOn()
    {
        await SaveAsync();
        await redis.Server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", "1"], Token);

        await AssertRefusedAsync("OOM command not allowed when used memory > 'maxmemory'");
        await redis.Server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", "0"], Token);

        await SaveAsync();
    }

    [Fact]
    public async Task Save_ServerBecameReplica_SaysSoAndReadsGoOn()
    {
        await SaveAsync();
        await redis.Server.Cli.CallAsync(["REPLICAOF", "127.0.0.1", 1], Token);

        await AssertRefusedAsync("READONLY You can't write against a read only replica");
        await redis.Server.Cli.CallAsync(["REPLICAOF", "NO", "ONE"], Token);

        await Eventually.MustAsync("writes work again", async () => (await redis.State.SaveAsync("k", "1", Token)).IsSuccess, Limit, Token);
    }

    private async Task SaveAsync()
    {
        var answer = await redis.State.SaveAsync("k", "1", Token);
        Assert.True(answer.IsSuccess, answer.ToString());
    }

    private async Task AssertRefusedAsync(string text)
    {
        var started = TimeProvider.System.GetTimestamp();
        var save = await redis.State.SaveAsync("k", "2", Token);
        var transaction = await redis.State.TransactAsync([("k", "2"), ("other", "2")], Token);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit);

        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_SAVE"), (save.Status, save.ErrorCode));
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_TRANSACTION"), (transaction.Status, transaction.ErrorCode));
        Assert.All([save, transaction], answer => Assert.Contains(text, answer.Message, StringComparison.Ordinal));
        Assert.All([save, transaction], answer => Assert.Equal(WriteFate.NotMade, answer.Fate));
        Assert.Equal("1", (await redis.State.GetAsync("k", Token)).Body);
        Assert.True(await redis.IsHealthyAsync());
    }
}
