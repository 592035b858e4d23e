using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis.Sentinel;

public sealed class RedisSentinelTests(RedisSentinelFixture group) : IClassFixture<RedisSentinelFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_FirstCommand_GoesToThePrimary()
    {
        await using var client = RedisClient.Create(group.Options);

        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, "first", "1"), Cancellation);

        var primary = await group.Servers.PrimaryAsync(Cancellation);
        Assert.Equal("1", (await primary.Cli.CallAsync(["GET", "first"], Cancellation)).Text);
    }

    [Fact]
    public async Task ExecuteAsync_SentinelsThatHangOrAreAway_CostLittleTime()
    {
        var hanging = group.Servers.Sentinels[0];
        var endpoints = group.Options.Endpoints;
        await using var client = RedisClient.Create(group.Options with { Endpoints = [endpoints[0], new("127.0.0.1", 1), endpoints[1]] });
        hanging.Pause();
        try
        {
            // Less than the connection may take altogether.
            await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(4), Cancellation);
        }
        finally
        {
            hanging.Resume();
        }
    }

    [Fact]
    public async Task ExecuteAsync_AllSentinelsHang_SaysThatNothingWasExecuted()
    {
        await using var client = RedisClient.Create(group.Options with
        {
            Endpoints = [group.Options.Endpoints[2]],
            ConnectTimeout = TimeSpan.FromMilliseconds(300),
            MaxRetries = 0,
        });
        group.Servers.Sentinels[2].Pause();
        try
        {
            var fault = await Assert.ThrowsAnyAsync<RedisException>(async () => await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation));
            Assert.Equal($"GET: not executed: no sentinel names the primary 'mymaster': {group.Options.Endpoints[2]} did not answer in time", fault.Message);
        }
        finally
        {
            group.Servers.Sentinels[2].Resume();
        }

        await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_UnknownName_SaysWhoDoesNotKnowIt()
    {
        await using var client = RedisClient.Create(group.Options with { PrimaryName = "nobody", MaxRetries = 0 });

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(async () => await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation));

        Assert.Equal(
            "GET: not executed: no sentinel names the primary 'nobody': "
            + string.Join("; ", group.Options.Endpoints.Select(sentinel => $"sentinel {sentinel} does not know 'nobody'")),
            fault.Message);
    }

    [Fact]
    public async Task ExecuteAsync_NoSentinelThere_SaysSo()
    {
        await using var client = RedisClient.Create(group.Options with { Endpoints = [new("127.0.0.1", 1)], MaxRetries = 1 });

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(async () => await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation));

        Assert.StartsWith("GET: not executed: no sentinel names the primary 'mymaster': no connection to 127.0.0.1:1: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteAsync_WrongSentinelPassword_FailsAtOnce()
    {
        await using var client = RedisClient.Create(group.Options with { SentinelCredentials = new RedisCredentials("", "wrong"), MaxRetries = int.MaxValue });

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(async () => await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "x"), Cancellation));

        Assert.Contains("WRONGPASS", fault.Message, StringComparison.Ordinal);
        Assert.IsType<RedisServerException>(fault.InnerException);
    }

    [Fact]
    public async Task ExecuteAsync_FailoverUnderLoad_FollowsThePrimary()
    {
        await using var client = RedisClient.Create(group.Options);
        using var counters = Counters(client, "failover");

        await counters.RunAsync(
            async () =>
            {
                await Eventually.MustAsync("it counts", () => Task.FromResult(counters.Acknowledged > 100), TimeSpan.FromSeconds(10), Cancellation);
                await group.Servers.FailOverAsync(Cancellation);
            },
            Cancellation);

        await counters.VerifyAsync(Cancellation);
    }

    [Fact]
    public async Task ExecuteAsync_PrimaryKilledUnderLoad_FollowsTheNewOne()
    {
        // Sentinels that did not agree on who leads try again after twice that time.
        await using var own = await Backends.Redis.RedisSentinelGroup.StartAsync(
            new Backends.Redis.RedisSentinelSettings { FailoverTimeout = TimeSpan.FromSeconds(1.5) }, Cancellation);
        await using var client = RedisClient.Create(RedisEndpoints.Options(RedisTopology.Sentinel, own.SentinelAddresses) with { PrimaryName = own.PrimaryName });
        using var counters = Counters(client, "killed");

        await counters.RunAsync(
            async () =>
            {
                await Eventually.MustAsync("it counts", () => Task.FromResult(counters.Acknowledged > 100), TimeSpan.FromSeconds(10), Cancellation);
                await own.KillPrimaryAsync(Cancellation);
            },
            Cancellation);

        await counters.VerifyAsync(Cancellation);
    }

    private static RedisCounters Counters(RedisClient client, string name) =>
        new(client, [.. Enumerable.Range(0, 8).Select(number => $"{name}:{number}")]) { WaitsForReplica = true };
}
