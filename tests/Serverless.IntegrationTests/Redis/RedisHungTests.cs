using System.Net;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The server hangs: its connections stay open, and nothing comes.</summary>
public sealed class RedisHungTests(RedisApp redis) : IClassFixture<RedisApp>
{
    private const int Requests = 20;

    // readTimeout is 3 s, and what waits for a new connection gets 4 s.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(7) * 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_Hangs_RequestsEndAndOtherStoresServe()
    {
        Assert.True((await redis.State.SaveAsync("hung", "1", Token)).IsSuccess);
        redis.Server.Pause();
        var started = TimeProvider.System.GetTimestamp();
        var reads = Enumerable.Range(0, Requests).Select(_ => redis.State.GetAsync("hung", Token)).ToList();
        var writes = Enumerable.Range(0, Requests).Select(number => redis.State.SaveAsync($"hung-{number}", "2", Token)).ToList();
        var ended = Task.WhenAll(reads.Concat(writes));

        var served = 0;
        for (; !ended.IsCompleted; served++)
        {
            Assert.True((await redis.MemoryState.SaveAsync("k", "1", Token)).IsSuccess);
            Assert.Equal("1", (await redis.MemoryState.GetAsync("k", Token)).Body);
            Assert.True(await redis.IsHealthyAsync());
        }

        Assert.True(TimeProvider.System.GetElapsedTime(started) < Budget);
        Assert.True(served > Requests, $"{served} rounds");
        Assert.All(await Task.WhenAll(reads), answer => Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (answer.Status, answer.ErrorCode)));
        Assert.All(await Task.WhenAll(writes), answer => Assert.Equal(HttpStatusCode.InternalServerError, answer.Status));
        Assert.Contains(await Task.WhenAll(writes), answer => answer.Fate == WriteFate.Unknown);

        redis.Server.Resume();
        await Eventually.MustAsync("it works again", async () => (await redis.State.SaveAsync("hung", "3", Token)).IsSuccess, Limit, Token);
        Assert.Equal("3", (await redis.State.GetAsync("hung", Token)).Body);
    }
}
