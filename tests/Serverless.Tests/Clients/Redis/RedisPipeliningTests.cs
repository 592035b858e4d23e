using Serverless.Backends.Network;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Many callers on one connection.</summary>
public sealed class RedisPipeliningTests(RedisServerFixture server) : RedisClientTest, IClassFixture<RedisServerFixture>
{
    private const int LargeValue = 16 << 20;

    [Theory]
    [InlineData(64, 8192)]
    [InlineData(10_000, 8192)]
    [InlineData(2_000, 1)]
    [InlineData(5_000, 7)]
    public async Task Execute_ManyCallers_EachGetsItsOwnReply(int callers, int inFlight)
    {
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Patient(proxy.Port) with { MaxInFlight = inFlight });

        await Together(callers, async caller =>
        {
            await Set(client, $"many:{caller}", $"value of {caller}");
            Assert.Equal($"value of {caller}", await Get(client, $"many:{caller}"));
        });

        Assert.Equal(1, proxy.Accepted);
    }

    [Fact]
    public async Task Execute_SlowConnection_KeepsFewBytesAndAllSucceedInOrder()
    {
        const int callers = 3000;
        var order = new RedisScript("return redis.call('RPUSH', KEYS[1], ARGV[1])");
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Patient(proxy.Port) with { MaxInFlight = 100, MaxUnsentBytes = 4096 });
        var value = new byte[20_000];
        await client.ExecuteAsync(RedisCommand.Run(order, "warm", 0), Cancellation);
        proxy.ToServer.Hold();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var calls = Enumerable.Range(0, callers)
            .Select(caller => client.ExecuteAsync(RedisCommand.Run(order, "order", caller, (ReadOnlyMemory<byte>)value), Cancellation).AsTask())
            .ToArray();

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, callers * value.Length / 4);
        proxy.ToServer.Release();
        await Task.WhenAll(calls);
        var list = await server.Cli.CallAsync(["LRANGE", "order", "0", "-1"], Cancellation);
        Assert.Equal(Enumerable.Range(0, callers).Select(number => $"{number}"), list.List);
    }

    [Fact]
    public async Task Execute_LineThatDoesNotMove_FailsAndWasNotExecuted()
    {
        await using var scripted = new ScriptedRedis(_ => null);
        await using var client = RedisClient.Create(Settings(scripted.Endpoint) with { MaxInFlight = 1, QueueTimeout = TimeSpan.FromMilliseconds(200), CommandTimeout = TimeSpan.FromMinutes(1) });
        var first = Get(client, "key");
        await Until("it is full", () => scripted.Commands.Count == 1);

        var fault = await Fault(Set(client, "key", "value"));

        Assert.Equal($"SET: {NotExecuted}: no place in the queue within 0.2 s", fault.Message);
        Assert.Equal(0, scripted.CountOf("SET"));
        Assert.False(first.IsCompleted);
        await client.DisposeAsync();
        await Fault(first);
    }

    [Fact]
    public async Task Execute_LargestValues_GoBothWaysBesideSmallCommands()
    {
        await using var client = RedisClient.Create(Patient(server.Port));
        var value = new byte[LargeValue];
        new Random(2).NextBytes(value);
        using var done = new CancellationTokenSource();
        var small = Task.Run(
            async () =>
            {
                for (var number = 0; !done.IsCancellationRequested; number++)
                {
                    await Set(client, "beside", $"{number}");
                    Assert.Equal($"{number}", await Get(client, "beside"));
                }
            },
            Cancellation);

        await Set(client, "large", (ReadOnlyMemory<byte>)value);
        var stored = await server.ReadAsync("large");
        Assert.True(value.AsSpan().SequenceEqual(stored));
        await Together(4, async _ =>
        {
            var reply = await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, "large"), Cancellation);
            Assert.True(value.AsSpan().SequenceEqual(reply.ToBulk()!.Value.Span));
        });

        await done.CancelAsync();
        await small;
    }

    [Fact]
    public async Task Execute_ManyLargeValuesAtOnce_AllArrive()
    {
        await using var client = RedisClient.Create(Patient(server.Port) with { MaxUnsentBytes = 1 << 20 });

        await Together(40, async caller =>
        {
            var value = new byte[500_000 + caller];
            value.AsSpan().Fill((byte)caller);
            await Set(client, $"large:{caller}", (ReadOnlyMemory<byte>)value);
            var reply = await client.ExecuteAsync(RedisCommand.On(RedisCommandName.Get, $"large:{caller}"), Cancellation);
            Assert.True(value.AsSpan().SequenceEqual(reply.ToBulk()!.Value.Span));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Execute_BytesInSmallPieces_RepliesStillMatch(int piece)
    {
        await using var proxy = new TcpProxy(server.Port);
        proxy.ToClient.ChunkSize = piece;
        proxy.ToServer.ChunkSize = piece;
        await using var client = RedisClient.Create(Patient(proxy.Port));

        await Together(50, async caller =>
        {
            await Set(client, $"piece:{caller}", new string('x', caller));
            Assert.Equal(new string('x', caller), await Get(client, $"piece:{caller}"));
        });
    }

    private RedisOptions Patient(int port) => Settings(port) with { CommandTimeout = TimeSpan.FromMinutes(1), QueueTimeout = TimeSpan.FromMinutes(1) };
}
