using System.Net;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.Redis;

/// <summary>redisType cluster: three primaries with a replica each.</summary>
public sealed class RedisClusterTests(RedisClusterApp redis) : IClassFixture<RedisClusterApp>
{
    private const int Keys = 300;
    private const int Served = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_OfAllPrimaries_AreSavedReadAndDeleted()
    {
        var items = Enumerable.Range(0, Keys).Select(number => ($"spread-{number}", $"{number}")).ToList();

        Assert.True((await redis.State.SaveAllAsync(items, Token)).IsSuccess);

        var read = JsonNode.Parse((await redis.State.GetAllAsync(items.Select(item => item.Item1), Token)).Body)!.AsArray();
        Assert.Equal(items, read.Select(item => (item!["key"]!.GetValue<string>(), item["data"]!.ToJsonString())));
        Assert.Equal(redis.Cluster.Primaries.Count, await CountHoldersAsync("app||spread-*"));
        Assert.All(await Task.WhenAll(items.Select(item => redis.State.DeleteAsync(item.Item1, Token))), answer => Assert.True(answer.IsSuccess, answer.ToString()));
        Assert.Equal("", (await redis.State.GetAsync("spread-7", Token)).Body);
    }

    [Fact]
    public async Task Transaction_KeysOfOneHashTag_IsApplied()
    {
        var answer = await redis.State.TransactAsync([("{tag}a", "1"), ("{tag}b", "2")], Token);

        Assert.True(answer.IsSuccess, answer.ToString());
        Assert.Equal("2", (await redis.State.GetAsync("{tag}b", Token)).Body);
    }

    [Fact]
    public async Task Transaction_KeysOfSeveralSlots_IsRefusedAndNothingApplied()
    {
        var answer = await redis.State.TransactAsync([("across-a", "1"), ("across-b", "2")], Token);

        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_STATE_TRANSACTION"), (answer.Status, answer.ErrorCode));
        Assert.Contains("lie in different slots of the cluster; give them a common hash tag", answer.Message, StringComparison.Ordinal);
        Assert.Equal(WriteFate.NotMade, answer.Fate);
        Assert.Equal(("", ""), ((await redis.State.GetAsync("across-a", Token)).Body, (await redis.State.GetAsync("across-b", Token)).Body));
    }

    [Fact]
    public async Task Primary_KilledUnderLoad_ReplicaTakesOverWithEveryStrongWrite()
    {
        await using var storm = Storm.Start(redis.State, Token, isStrong: true);
        await storm.ServeAsync(Served);
        var primary = redis.Cluster.Primaries[0];

        await redis.Cluster.FailOverAsync(primary, Token);
        await primary.Server.StartAgainAsync(Token);
        await redis.Cluster.WaitUntilOkAsync(Token);
        await storm.ServeAsync(Served);

        await storm.AssertNothingLostAsync();
    }

    private async Task<int> CountHoldersAsync(string pattern)
    {
        var holders = 0;
        foreach (var node in redis.Cluster.Nodes)
        {
            var isHolder = await node.Server.Cli.InfoAsync("role", Token) == "master" && (await node.CallAsync(["KEYS", pattern], Token)).Items!.Count > 0;
            holders += isHolder ? 1 : 0;
        }

        return holders;
    }
}
