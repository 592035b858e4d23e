using System.Net;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.PostgreSql;

/// <summary>The server hangs: its connections stay open, and nothing comes.</summary>
public sealed class PostgreSqlHungTests(PostgreSqlApp postgres) : IClassFixture<PostgreSqlApp>
{
    private const int Requests = 20;

    // What is answered last may have come last, and a busy machine adds to it.
    private static readonly TimeSpan Budget = PostgreSqlApp.Timeout * 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_Hangs_RequestsEndWithinTheTimeoutAndOtherStoresServe()
    {
        Assert.True((await postgres.State.SaveAsync("hung", "1", Token)).IsSuccess);
        postgres.Server.Pause();
        var started = TimeProvider.System.GetTimestamp();
        var reads = Enumerable.Range(0, Requests).Select(_ => postgres.State.GetAsync("hung", Token)).ToList();
        var writes = Enumerable.Range(0, Requests).Select(number => postgres.State.SaveAsync($"hung-{number}", "2", Token)).ToList();
        var ended = Task.WhenAll(reads.Concat(writes));

        var served = 0;
        for (; !ended.IsCompleted; served++)
        {
            Assert.True((await postgres.MemoryState.SaveAsync("k", "1", Token)).IsSuccess);
            Assert.Equal("1", (await postgres.MemoryState.GetAsync("k", Token)).Body);
            Assert.True(await postgres.IsHealthyAsync());
        }

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), PostgreSqlApp.Timeout, Budget);
        Assert.True(served > Requests, $"{served} rounds");
        Assert.All(await Task.WhenAll(reads), answer => Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_GET"), (answer.Status, answer.ErrorCode)));
        Assert.All(await Task.WhenAll(writes), answer => Assert.True(answer.Fate is WriteFate.Unknown or WriteFate.NotMade, answer.ToString()));
        Assert.All(await Task.WhenAll(reads.Concat(writes)), answer => Assert.Contains("within 3s", answer.Message, StringComparison.Ordinal));

        postgres.Server.Resume();
        await Eventually.MustAsync("it works again", async () => (await postgres.State.SaveAsync("hung", "3", Token)).IsSuccess, Limit, Token);
        Assert.Equal("3", (await postgres.State.GetAsync("hung", Token)).Body);
    }
}
