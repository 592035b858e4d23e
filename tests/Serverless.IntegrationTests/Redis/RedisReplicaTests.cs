using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>consistency strong: the replicas must have the write.</summary>
public sealed class RedisReplicaTests
{
    private const int Requests = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StrongWrites_ReplicaHangs_TellThatTheyWereMadeAndOthersAreServed()
    {
        await using var pair = await RedisReplicaPair.StartAsync(Token);
        await using var app = await RedisApp.StartAsync(RedisApp.Store(pair.Primary.Address));
        using var client = app.Client();
        var state = new StateHttp(client);
        Assert.True((await state.SaveAsync("k", "0", Token, isStrong: true)).IsSuccess);
        pair.Replicas[0].Pause();

        var strong = Task.WhenAll(Enumerable.Range(0, Requests).Select(number => state.SaveAsync($"k-{number}", "1", Token, isStrong: true)));
        var served = 0;
        for (; !strong.IsCompleted; served++)
        {
            Assert.True((await state.SaveAsync("k", "1", Token)).IsSuccess);
            Assert.Equal("1", (await state.GetAsync("k", Token)).Body);
        }

        var answers = await strong;
        Assert.DoesNotContain(answers, answer => answer.IsSuccess);
        Assert.Contains(answers, answer => answer.Fate == WriteFate.Made);
        Assert.All(answers, answer => Assert.NotEqual(WriteFate.NotMade, answer.Fate));
        Assert.True(served > Requests, $"{served} rounds");

        pair.Replicas[0].Resume();
        await Eventually.MustAsync("the replica is back", async () => (await state.SaveAsync("k", "2", Token, isStrong: true)).IsSuccess, Limit, Token);
        Assert.Equal("2", (await pair.Replicas[0].Cli.CallAsync(["HGET", "app||k", "data"], Token)).Text);
    }
}
