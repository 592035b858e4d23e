using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

public sealed class RedisRetirementTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_ServerHangsAfterItBecameAReplica_CommandsUnderWayStillEnd()
    {
        var isSent = new TaskCompletionSource();
        await using var server = new ScriptedNode(command => command switch
        {
            "PING" => "+PONG\r\n",
            "GET hanging" => null,
            _ => "-READONLY You can't write against a read only replica.\r\n",
        });
        server.Before = command => command.StartsWith("SET", StringComparison.Ordinal) ? isSent.Task : Task.CompletedTask;
        var client = RedisClient.Create(Options(server) with { CommandTimeout = TimeSpan.FromMilliseconds(300) });
        await client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Ping), Cancellation);

        var refused = client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, "k", "v"), Cancellation).AsTask();
        var hanging = client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "hanging"), Cancellation).AsTask();
        isSent.SetResult();

        Assert.Equal("READONLY", (await Assert.ThrowsAsync<RedisServerException>(() => refused.WaitAsync(Limit, Cancellation))).Code);
        await Assert.ThrowsAnyAsync<RedisException>(() => hanging.WaitAsync(Limit, Cancellation));
        await client.DisposeAsync().AsTask().WaitAsync(Limit, Cancellation);
    }

    [Fact]
    public async Task DisposeAsync_ConnectionBeingLeft_EndsWhatIsUnderWay()
    {
        var isSent = new TaskCompletionSource();
        await using var server = new ScriptedNode(command => command switch
        {
            "PING" => "+PONG\r\n",
            "GET hanging" => null,
            _ => "-READONLY You can't write against a read only replica.\r\n",
        });
        server.Before = command => command.StartsWith("SET", StringComparison.Ordinal) ? isSent.Task : Task.CompletedTask;
        var client = RedisClient.Create(Options(server) with { CommandTimeout = TimeSpan.FromMinutes(5) });
        await client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Ping), Cancellation);
        var refused = client.ExecuteAsync(RedisCommand.On(RedisCommandName.Set, "k", "v"), Cancellation).AsTask();
        var hanging = client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "hanging"), Cancellation).AsTask();
        isSent.SetResult();
        await Assert.ThrowsAsync<RedisServerException>(() => refused.WaitAsync(Limit, Cancellation));

        await client.DisposeAsync().AsTask().WaitAsync(Limit, Cancellation);

        await Assert.ThrowsAsync<RedisConnectionException>(() => hanging.WaitAsync(Limit, Cancellation));
    }

    private static RedisOptions Options(ScriptedNode server) =>
        RedisEndpoints.Options(RedisTopology.Single, $"{server.Endpoint}") with { MaxRetries = 0 };
}
