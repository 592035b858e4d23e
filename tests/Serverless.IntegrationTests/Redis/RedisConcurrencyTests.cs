using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.Redis;

/// <summary>Many requests at once share few connections, and each gets its own answer.</summary>
public sealed class RedisConcurrencyTests(RedisApp redis) : IClassFixture<RedisApp>
{
    private const int Callers = 1000;
    private const int Batches = 10;
    private const int BatchSize = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_AThousandAtOnce_EachGetsItsOwnAnswer() =>
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(CallAsync));

    [Fact]
    public async Task Arrays_TenThousandKeysAtOnce_AllAreThere()
    {
        var batches = Enumerable.Range(0, Batches).Select(batch => Enumerable.Range(batch * BatchSize, BatchSize).ToList()).ToList();

        var saved = await Task.WhenAll(batches.Select(batch => redis.State.SaveAllAsync(batch.Select(number => (Key(number), Value(number))), Token)));
        var read = await Task.WhenAll(batches.Select(batch => redis.State.GetAllAsync(batch.Select(Key), Token)));

        Assert.All(saved, answer => Assert.True(answer.IsSuccess, answer.ToString()));
        foreach (var (batch, answer) in batches.Zip(read))
        {
            var items = JsonNode.Parse(answer.Body)!.AsArray();
            Assert.Equal(batch.Select(number => (Key(number), number)), items.Select(item => (item!["key"]!.GetValue<string>(), item["data"]!.GetValue<int>())));
        }
    }

    private static string Key(int number) => $"many-{Value(number)}";

    private static string Value(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task CallAsync(int number)
    {
        var (key, value) = ($"caller-{Value(number)}", Value(number));
        var isTransaction = number % 2 == 0;
        var saved = isTransaction
            ? await redis.State.TransactAsync([(key, value), (key + "-b", value)], Token)
            : await redis.State.SaveAsync(key, value, Token);
        Assert.True(saved.IsSuccess, saved.ToString());
        Assert.Equal(value, (await redis.State.GetAsync(key, Token)).Body);

        var items = JsonNode.Parse((await redis.State.GetAllAsync([key, key + "-b"], Token)).Body)!.AsArray();
        Assert.Equal([value, isTransaction ? value : null], items.Select(item => item!["data"]?.ToJsonString()));

        Assert.True((await redis.State.DeleteAsync(key, Token)).IsSuccess);
        Assert.Equal("", (await redis.State.GetAsync(key, Token)).Body);
    }
}
