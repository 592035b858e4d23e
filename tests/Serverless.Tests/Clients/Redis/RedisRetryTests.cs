using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Error replies that pass, and those that don't.</summary>
public sealed class RedisRetryTests : RedisClientTest
{
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("BUSY Redis is busy running a script.")]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("ERR Error running script (call to f_0): @user_script:1: -READONLY You can't write against a read only replica.")]
    public async Task Execute_RefusedAFewTimes_IsTriedAgain(string error)
    {
        var asked = 0;
        await using var server = new ScriptedRedis(_ => Interlocked.Increment(ref asked) <= 3 ? $"-{error}\r\n" : ":1\r\n");
        await using var client = RedisClient.Create(Settings(server.Endpoint));

        Assert.Equal(1, (await client.ExecuteAsync(RedisCommand.Run(Increment, "key", 1), Cancellation)).ToInteger());
        Assert.Equal(4, asked);
    }

    [Fact]
    public async Task Execute_RefusedEachTime_FailsAfterMaxRetriesWithPauses()
    {
        var times = new System.Collections.Concurrent.ConcurrentQueue<long>();
        await using var server = new ScriptedRedis(_ =>
        {
            times.Enqueue(TimeProvider.System.GetTimestamp());
            return "-LOADING Redis is loading the dataset in memory\r\n";
        });
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { MaxRetries = 4, MinRetryInterval = TimeSpan.FromMilliseconds(40), MaxRetryInterval = TimeSpan.FromMilliseconds(100) });

        var fault = Assert.IsType<RedisServerException>(await Fault(Set(client, "key", "value")));

        Assert.Equal("LOADING", fault.Code);
        Assert.Equal(5, times.Count);
        var pauses = times.Zip(times.Skip(1), TimeProvider.System.GetElapsedTime).ToArray();
        int[] shortest = [15, 30, 40, 40];
        Assert.All(pauses, (pause, index) => Assert.InRange(pause, TimeSpan.FromMilliseconds(shortest[index]), TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task Execute_ScriptsForgottenUnderLoad_NoCommandFails()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        await using var client = RedisClient.Create(Settings(server.Port));
        long calls = 0;

        var load = Load(16, TimeSpan.FromSeconds(2), async _ =>
        {
            await client.ExecuteAsync(RedisCommand.Run(Increment, "counter", 1), Cancellation);
            Interlocked.Increment(ref calls);
        });
        var started = TimeProvider.System.GetTimestamp();
        while (!load.IsCompleted && TimeProvider.System.GetElapsedTime(started) < Soon)
        {
            await server.Cli.CallAsync(["SCRIPT", "FLUSH"], Cancellation);
            await Pass(TimeSpan.FromMilliseconds(5));
        }

        Assert.Empty(await load.WaitAsync(Soon, Cancellation));
        Assert.Equal($"{calls}", await Get(client, "counter"));
        Assert.InRange(calls, 100, long.MaxValue);
    }

    [Fact]
    public async Task Execute_MemoryIsFull_FailsWithTheServersWordsUntilThereIsSome()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Lines = ["maxmemory-policy noeviction"] }, Cancellation);
        await using var client = RedisClient.Create(Settings(server.Port));
        await Set(client, "key", "before");
        await server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", "1"], Cancellation);

        Assert.Equal("OOM", Assert.IsType<RedisServerException>(await Fault(Set(client, "key", "after"))).Code);
        var fault = Assert.IsType<RedisServerException>(await Fault(client.ExecuteAsync(RedisCommand.Run(Increment, "counter", 1), Cancellation)));
        Assert.Contains("OOM", fault.Message, StringComparison.Ordinal);
        Assert.Equal("before", await Get(client, "key"));
        Assert.Null(await Get(client, "counter"));

        await server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", "0"], Cancellation);
        await Set(client, "key", "after");
        Assert.Equal("after", await Get(client, "key"));
    }

    [Fact]
    public async Task Execute_PrimaryBecomesAReplicaForAWhile_WritesFailOrSucceedAndReadsGoOn()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        await using var client = RedisClient.Create(Settings(server.Port));
        await Set(client, "key", "value");
        await server.Cli.CallAsync(["CONFIG", "SET", "replica-serve-stale-data", "yes"], Cancellation);
        await server.Cli.CallAsync(["REPLICAOF", "127.0.0.1", $"{Backends.Processes.FreePort.Lasting()}"], Cancellation);

        Assert.Equal("READONLY", Assert.IsType<RedisServerException>(await Fault(Set(client, "key", "other"))).Code);
        Assert.Equal("value", await Get(client, "key"));
        var faults = await Load(8, TimeSpan.FromSeconds(1), loop => loop % 2 == 0 ? Get(client, "key") : Set(client, "key", "other"));
        Assert.All(faults, fault => Assert.Equal("READONLY", Assert.IsType<RedisServerException>(fault).Code));

        await server.Cli.CallAsync(["REPLICAOF", "NO", "ONE"], Cancellation);
        await Set(client, "key", "again");
        Assert.Equal("again", await Get(client, "key"));
    }

    [Fact]
    public async Task Execute_WritesToAReplica_KeepTheConnectionThatIsStillYoung()
    {
        await using var server = new ScriptedRedis(static command => command == "GET key" ? "$-1\r\n" : "-READONLY You can't write against a read only replica.\r\n");
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { MaxRetries = 1, MinRetryInterval = TimeSpan.FromMilliseconds(1), MaxRetryInterval = TimeSpan.FromMinutes(1) });

        await Together(20, async caller => Assert.Equal("READONLY", Assert.IsType<RedisServerException>(await Fault(Set(client, $"{caller}", "value"))).Code));

        Assert.Null(await Get(client, "key"));
        Assert.Single(server.Accepted);
    }

    [Fact]
    public async Task Execute_ServerRunsALongScript_WaitsForItsEnd()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Lines = ["busy-reply-threshold 20"] }, Cancellation);
        await using var client = RedisClient.Create(Settings(server.Port) with { MaxRetries = 20, MaxRetryInterval = TimeSpan.FromMilliseconds(100) });
        await Set(client, "key", "value");
        await using var witness = await server.Cli.OpenAsync(Cancellation);
        await witness.SendAsync(["EVAL", "local t = redis.call('TIME') local e = t[1] * 1000000 + t[2] + 500000 repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] > e", "0"], Cancellation);

        await Together(20, async caller => await Set(client, $"key:{caller}", "value"));
    }
}
