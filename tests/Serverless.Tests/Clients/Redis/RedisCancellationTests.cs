using System.Text;
using Serverless.Backends.Network;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Callers that give up.</summary>
public sealed class RedisCancellationTests(RedisServerFixture server) : RedisClientTest, IClassFixture<RedisServerFixture>
{
    [Fact]
    public async Task Execute_CancelledBefore_SendsNothing()
    {
        await using var scripted = new ScriptedRedis(_ => "+OK\r\n");
        await using var client = RedisClient.Create(Settings(scripted.Endpoint));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SetUntil(client, "key", "value", new CancellationToken(canceled: true)));
        Assert.Equal("OK", await Get(client, "marker"));

        Assert.StartsWith("GET ", Assert.Single(scripted.Commands), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_CancelledInFlight_LaterRepliesStillMatch()
    {
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Settings(proxy.Port));
        for (var number = 0; number < 100; number++)
        {
            await Set(client, $"match:{number}", $"{number}");
        }

        var accepted = proxy.Accepted;
        proxy.ToClient.Hold();
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 100).Select(number => GetUntil(client, $"match:{number}", number % 3 == 0 ? stop.Token : Cancellation)).ToArray();
        await stop.CancelAsync();
        for (var number = 0; number < 100; number += 3)
        {
            var fault = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[number]);
            Assert.Equal(stop.Token, fault.CancellationToken);
        }

        proxy.ToClient.Release();

        foreach (var number in Enumerable.Range(0, 100).Where(number => number % 3 != 0))
        {
            Assert.Equal($"{number}", await calls[number]);
        }

        Assert.Equal(accepted, proxy.Accepted);
    }

    [Fact]
    public async Task Execute_CancelledInLine_IsNeverSentAndItsMemoryNotRead()
    {
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Settings(proxy.Port) with { MaxInFlight = 1 });
        await Set(client, "line:first", "value");
        proxy.ToClient.Hold();
        var first = Get(client, "line:first");
        using var stop = new CancellationTokenSource();
        var buffer = Encoding.ASCII.GetBytes("healthy");
        var inLine = SetUntil(client, "line:second", (ReadOnlyMemory<byte>)buffer, stop.Token);
        var last = Set(client, "line:third", "value");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inLine);
        buffer.AsSpan().Fill((byte)'x');
        proxy.ToClient.Release();

        Assert.Equal("value", await first);
        await last;
        Assert.Null(await server.ReadAsync("line:second"));
    }

    [Fact]
    public async Task Execute_CancelledAtRandom_ServerNeverSeesWhatComesIntoTheMemoryLater()
    {
        const int rounds = 150;
        await using var client = RedisClient.Create(Settings(server.Port) with { CommandTimeout = TimeSpan.FromMinutes(1), MaxUnsentBytes = 1 << 20 });
        var random = new Random(4711);
        await Set(client, "poison", "value");
        for (var round = 0; round < rounds; round++)
        {
            var spins = random.Next(4000);
            await Together(2, async caller =>
            {
                using var stop = new CancellationTokenSource();
                var buffer = new byte[512 * 1024];
                buffer.AsSpan().Fill((byte)'a');
                var canceller = Task.Run(() =>
                {
                    Thread.SpinWait(spins * (caller + 1));
                    stop.Cancel();
                });
                await Record.ExceptionAsync(() => SetUntil(client, $"poison:{round}:{caller}", (ReadOnlyMemory<byte>)buffer, stop.Token));
                buffer.AsSpan().Fill((byte)'x');
                await canceller;
            });
        }

        await Set(client, "poison", "end");
        for (var round = 0; round < rounds; round++)
        {
            Assert.DoesNotContain((byte)'x', await server.ReadAsync($"poison:{round}:0") ?? []);
            Assert.DoesNotContain((byte)'x', await server.ReadAsync($"poison:{round}:1") ?? []);
        }
    }
}
