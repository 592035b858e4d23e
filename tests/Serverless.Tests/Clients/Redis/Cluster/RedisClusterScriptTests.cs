using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis.Cluster;

public sealed class RedisClusterScriptTests
{
    private const string Question = "CLUSTER SLOTS";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_NodesThatSendEachOtherTheCommand_EndsWithTheirWord()
    {
        await using var one = new ScriptedRedis(_ => null);
        await using var two = new ScriptedRedis(_ => $"-MOVED 12182 {one.Endpoint}\r\n");
        one.Answer = command => command == Question ? ScriptedRedis.Slots(0, 16383, "", one.Endpoint.Port) : $"-MOVED 12182 {two.Endpoint}\r\n";
        await using var client = Client(one, maxRetries: 2);

        var fault = await Assert.ThrowsAsync<RedisServerException>(async () => await GetAsync(client, "foo"));

        Assert.Equal("MOVED", fault.Code);
        Assert.InRange(one.CountOf("GET foo") + two.CountOf("GET foo"), 7, 3 * 7);
    }

    [Fact]
    public async Task ExecuteAsync_AskedInACircle_EndsWithTheirWord()
    {
        await using var one = new ScriptedRedis(_ => null);
        one.Answer = command => command switch
        {
            Question => ScriptedRedis.Slots(0, 16383, "", one.Endpoint.Port),
            "ASKING" => "+OK\r\n",
            _ => $"-ASK 12182 :{one.Endpoint.Port}\r\n",
        };
        await using var client = Client(one, maxRetries: 0);

        var fault = await Assert.ThrowsAsync<RedisServerException>(async () => await GetAsync(client, "foo"));

        Assert.Equal("ASK", fault.Code);
        Assert.Equal(7, one.CountOf("GET foo"));
        Assert.Equal(6, one.CountOf("ASKING"));
    }

    [Fact]
    public async Task ExecuteAsync_FirstCommands_WaitForTheMapAndGoStraightToTheirNode()
    {
        var isKnown = new TaskCompletionSource();
        await using var node = new ScriptedRedis(_ => "$1\r\nx\r\n");
        await using var seed = new ScriptedRedis(command => command == Question ? null : "-ERR not here\r\n");
        await using var late = new ScriptedRedis(_ => ScriptedRedis.Slots(0, 16383, "127.0.0.1", node.Endpoint.Port));
        late.Before = _ => isKnown.Task;
        await using var client = RedisClient.Create(RedisEndpoints.Options(RedisTopology.Cluster, $"{seed.Endpoint},{late.Endpoint}"));

        var commands = Enumerable.Range(0, 200).Select(number => GetAsync(client, $"k{number}")).ToArray();
        isKnown.SetResult();

        Assert.All(await Task.WhenAll(commands), value => Assert.Equal("x", value));
        Assert.Equal(1, late.CountOf(Question));
        Assert.Equal([Question], seed.Commands.Distinct());
        Assert.Equal(200, node.Commands.Count);
    }

    [Fact]
    public async Task ExecuteAsync_ManyMovedAtOnce_AskForTheMapOnce()
    {
        await using var target = new ScriptedRedis(_ => "$1\r\nx\r\n");
        await using var seed = new ScriptedRedis(_ => null);
        seed.Answer = command => command == Question ? ScriptedRedis.Slots(0, 16383, "", seed.Endpoint.Port) : $"-MOVED 12182 {target.Endpoint}\r\n";
        target.Answer = command => command == Question ? ScriptedRedis.Slots(0, 16383, "", target.Endpoint.Port) : "$1\r\nx\r\n";
        await using var client = Client(seed, maxRetries: 0);

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => GetAsync(client, "foo"))), value => Assert.Equal("x", value));

        // The slot is known at once, whatever becomes of the map.
        Assert.Equal("x", await GetAsync(client, "foo"));
        await Eventually.MustAsync("the one that is told of is asked", () => Task.FromResult(target.CountOf(Question) > 0), TimeSpan.FromSeconds(10), Cancellation);
        Assert.InRange(target.CountOf(Question) + seed.CountOf(Question), 2, 4);
    }

    [Fact]
    public async Task ExecuteAsync_NodeLeavesTheMap_AnswersWhatIsUnderWayAndCloses()
    {
        var isAnswered = new TaskCompletionSource();
        await using var stays = new ScriptedRedis(_ => null);
        await using var leaves = new ScriptedRedis(_ => null);
        stays.Answer = command => command == Question ? ScriptedRedis.Slots(0, 16383, "", stays.Endpoint.Port) : "$4\r\nstay\r\n";
        leaves.Answer = command => command switch
        {
            Question => ScriptedRedis.Slots(0, 16383, "", leaves.Endpoint.Port),
            "GET slow" => "$4\r\nslow\r\n",
            _ => $"-MOVED 12182 {stays.Endpoint}\r\n",
        };
        leaves.Before = command => command == "GET slow" ? isAnswered.Task : Task.CompletedTask;
        await using var client = Client(leaves, maxRetries: 0);

        // Both are on one connection: the slow one's reply comes after the word that the other one moved.
        var moved = GetAsync(client, "foo");
        var slow = GetAsync(client, "slow");
        await Eventually.MustAsync("both are there", () => Task.FromResult(leaves.CountOf("GET slow") > 0), TimeSpan.FromSeconds(10), Cancellation);
        Assert.Equal("stay", await moved);
        await Eventually.MustAsync("the map is asked for", () => Task.FromResult(stays.CountOf(Question) > 0), TimeSpan.FromSeconds(10), Cancellation);
        Assert.False(slow.IsCompleted);
        isAnswered.SetResult();

        Assert.Equal("slow", await slow);
        await Eventually.MustAsync("others go where the map says", async () => await GetAsync(client, "slow") == "stay", TimeSpan.FromSeconds(10), Cancellation);
        await Eventually.MustAsync("the one that left is left", () => Task.FromResult(leaves.Open == 0), TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_SlotThatNobodyServes_IsTriedUntilItIs()
    {
        await using var node = new ScriptedRedis(_ => null);
        var refusals = 0;
        node.Answer = command => command == Question ? ScriptedRedis.Slots(0, 0, "", node.Endpoint.Port)
            : Interlocked.Increment(ref refusals) <= 2 ? "-CLUSTERDOWN Hash slot not served\r\n"
            : "$1\r\nx\r\n";
        await using var client = Client(node, maxRetries: 3);

        Assert.Equal("x", await GetAsync(client, "foo"));
    }

    [Fact]
    public async Task ExecuteAsync_MovedToNowhere_IsTriedLater()
    {
        await using var node = new ScriptedRedis(_ => null);
        var refusals = 0;
        node.Answer = command => command == Question ? ScriptedRedis.Slots(0, 16383, "", node.Endpoint.Port)
            : Interlocked.Increment(ref refusals) == 1 ? "-MOVED 12182 ?:0\r\n"
            : "$1\r\nx\r\n";
        await using var client = Client(node, maxRetries: 1);

        Assert.Equal("x", await GetAsync(client, "foo"));
        Assert.Equal(2, node.CountOf("GET foo"));
    }

    [Fact]
    public async Task ExecuteAsync_BlockingCommand_HasAConnectionOfItsOwn()
    {
        await using var node = new ScriptedRedis(_ => null);
        node.Answer = command => command == Question ? ScriptedRedis.Slots(0, 16383, "", node.Endpoint.Port)
            : command == "GET block" ? null
            : "$1\r\nx\r\n";
        await using var client = Client(node, maxRetries: 0);
        var blocking = RedisCommand.On(RedisCommandName.Get, "block");
        blocking.Blocks = true;

        var blocked = client.ExecuteAsync(blocking, Cancellation).AsTask();

        Assert.Equal("x", await GetAsync(client, "foo"));
        Assert.False(blocked.IsCompleted);
        await client.DisposeAsync();
        await Assert.ThrowsAsync<RedisConnectionException>(() => blocked);
    }

    private static RedisClient Client(ScriptedRedis seed, int maxRetries) =>
        RedisClient.Create(RedisEndpoints.Options(RedisTopology.Cluster, $"{seed.Endpoint}") with { MaxRetries = maxRetries });

    private static async Task<string?> GetAsync(RedisClient client, string key) =>
        (await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, key), Cancellation)).ToText();
}
