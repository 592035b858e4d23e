using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Everything at once, for a while.</summary>
public sealed class RedisSoakTests : RedisClientTest
{
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Execute_AllTroublesAtOnce_NothingHangsOrLeaks()
    {
        var unobserved = 0;
        void Count(object? sender, UnobservedTaskExceptionEventArgs fault) =>
            Interlocked.Add(ref unobserved, fault.Exception.InnerExceptions.Any(inner => inner is RedisException || $"{inner}".Contains("Clients.Redis", StringComparison.Ordinal)) ? 1 : 0);
        await using var server = await RedisServer.StartAsync(Cancellation);
        await using var proxy = new TcpProxy(server.Port);
        TaskScheduler.UnobservedTaskException += Count;
        try
        {
            var client = RedisClient.Create(Settings(proxy.Port) with
            {
                MaxInFlight = 64,
                CommandTimeout = TimeSpan.FromMilliseconds(500),
                MaxConnectionAge = TimeSpan.FromMilliseconds(400),
                MaxUnsentBytes = 64 * 1024,
            });
            await Troubled(client, server, proxy, seed: 1);
            var warm = Settled();
            await Troubled(client, server, proxy, seed: 2);
            Assert.InRange(Settled(), 0, (long)(warm * 1.2) + (2 << 20));

            await Set(client, "key", "end");
            Assert.Equal("end", await Get(client, "key"));
            await client.DisposeAsync();
            await Until("nothing is open", () => proxy.Open == 0);
            Settled();
            Assert.Equal(0, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Count;
        }
    }

    private static async Task Troubled(RedisClient client, RedisServer server, TcpProxy proxy, int seed)
    {
        var random = new Random(seed);
        var load = Load(32, Phase, async loop =>
        {
            using var stop = new CancellationTokenSource();
            var call = loop % 3 == 0
                ? SetUntil(client, $"key:{loop}", (ReadOnlyMemory<byte>)new byte[loop * 1000], stop.Token)
                : client.ExecuteAsync(RedisCommand.Run(Increment, $"counter:{loop}", 1), stop.Token).AsTask();
            if (loop % 5 == 0)
            {
                await stop.CancelAsync();
            }

            try
            {
                await call;
            }
            catch (OperationCanceledException)
            {
                // It was asked for.
            }
        });
        var started = TimeProvider.System.GetTimestamp();
        while (!load.IsCompleted && TimeProvider.System.GetElapsedTime(started) < Soon)
        {
            await Pass(TimeSpan.FromMilliseconds(random.Next(5, 60)));
            switch (random.Next(6))
            {
                case 0:
                    proxy.CutAll();
                    break;
                case 1:
                    proxy.ToClient.CutAfter(random.Next(1, 5000));
                    break;
                case 2:
                    await server.Cli.CallAsync(["SCRIPT", "FLUSH"], Cancellation);
                    break;
                case 3:
                    await server.Cli.CallAsync(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"], Cancellation);
                    break;
                case 4:
                    server.Pause();
                    await Pass(TimeSpan.FromMilliseconds(random.Next(1, 100)));
                    server.Resume();
                    break;
                default:
                    await server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", $"{random.Next(2)}"], Cancellation);
                    break;
            }
        }

        await load.WaitAsync(Soon, Cancellation);
        await server.Cli.CallAsync(["CONFIG", "SET", "maxmemory", "0"], Cancellation);
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
