using System.Globalization;
using System.Text;
using Serverless.Components.State;
using Serverless.Components.State.Redis;
using Serverless.Tests.Clients.Redis;

namespace Serverless.Tests.Components.State.Redis;

/// <summary>A transaction does what its operations do one by one, or nothing when one of them would be refused.</summary>
public sealed class RedisTransactionTests(RedisServerFixture fixture) : IClassFixture<RedisServerFixture>
{
    private const int Sequences = 300;
    private static readonly string[] Keys = ["a", "b", "c"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Transaction_RandomOperations_EqualsThemOneByOne(int seed)
    {
        await fixture.Cli.CallAsync(["FLUSHALL"], Token);
        await using var store = new RedisStateStore(RedisStores.Context(fixture.Server.Address, TimeProvider.System));
        await store.InitializeAsync(Token);
        var random = new Random(seed);
        var done = 0;
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            var (whole, single) = ($"{sequence}w", $"{sequence}s");
            await SeedAsync(random, whole, single);
            var before = await StateAsync(whole);
            var operations = Enumerable.Range(0, random.Next(2, 7)).Select(_ => Draw(random)).ToList();

            var expected = StateOutcome.Done;
            foreach (var draw in operations.TakeWhile(_ => expected == StateOutcome.Done))
            {
                var operation = draw(single);
                expected = (operation.Set is { } set ? await store.SetAsync(set, Token) : await store.DeleteAsync(operation.Delete!, Token)).Outcome;
            }

            var outcome = (await store.TransactAsync(new StateTransaction([.. operations.Select(draw => draw(whole))], StateMetadata.Empty), Token)).Outcome;

            Assert.Equal(expected, outcome);
            Assert.Equal(outcome == StateOutcome.Done ? await StateAsync(single) : before, await StateAsync(whole));
            done += outcome == StateOutcome.Done ? 1 : 0;
        }

        Assert.InRange(done, Sequences / 20, Sequences * 19 / 20);
    }

    private static Func<string, StateOperation> Draw(Random random)
    {
        var key = Keys[random.Next(Keys.Length)];
        var etag = random.Next(2) == 0 ? null : $"{random.Next(0, 4)}";
        var value = Encoding.UTF8.GetBytes($"{random.Next(1000)}");
        var options = new StateOptions(random.Next(6) switch { 0 => "first-write", 1 => "last-write", _ => "" }, "");
        var ttl = random.Next(4) switch { 0 => "1000", 1 => "0", _ => "" };
        return random.Next(4) == 0
            ? prefix => new StateOperation(new StateDelete { Key = prefix + key, ETag = etag, Options = options })
            : prefix => new StateOperation(new StateSet
            {
                Key = prefix + key,
                Value = value,
                ETag = etag,
                Options = options,
                Metadata = new Dictionary<string, string> { ["ttlInSeconds"] = ttl },
            });
    }

    private async Task SeedAsync(Random random, params string[] prefixes)
    {
        foreach (var key in Keys)
        {
            var kind = random.Next(6);
            foreach (var prefix in prefixes)
            {
                await fixture.Cli.CallAsync(
                    kind switch
                    {
                        0 => ["SET", prefix + key, "text"],
                        1 => ["HSET", prefix + key, "data", "1", "version", "2", "first-write", "0"],
                        2 => ["HSET", prefix + key, "data", "1", "version", ""],
                        3 => ["HSET", prefix + key, "data", "1", "version", "1", "other", "x"],
                        4 => ["HSET", prefix + key, "other", "x"],
                        _ => ["DEL", prefix + key],
                    },
                    Token);
            }
        }
    }

    private async Task<string> StateAsync(string prefix)
    {
        var text = new StringBuilder();
        foreach (var key in Keys)
        {
            var type = (await fixture.Cli.CallAsync(["TYPE", prefix + key], Token)).Text;
            var ttl = (await fixture.Cli.CallAsync(["TTL", prefix + key], Token)).Number;
            var fields = type == "hash"
                ? (await fixture.Cli.CallAsync(["HGETALL", prefix + key], Token)).Map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}")
                : [];
            text.Append(CultureInfo.InvariantCulture, $"{key} {type} {(ttl > 0 ? "expires" : "stays")} {string.Join(',', fields)}; ");
        }

        return text.ToString();
    }
}
