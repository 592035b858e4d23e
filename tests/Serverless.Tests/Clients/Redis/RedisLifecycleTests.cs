using Serverless.Backends.Network;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Connections that come and go while the client stays.</summary>
public sealed class RedisLifecycleTests(RedisServerFixture server) : RedisClientTest, IClassFixture<RedisServerFixture>
{
    [Fact]
    public async Task Create_Unused_DoesNotConnect()
    {
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Settings(proxy.Port));

        await Pass(TimeSpan.FromMilliseconds(300));

        Assert.Equal(0, proxy.Accepted);
    }

    [Fact]
    public async Task Watch_IdleConnection_IsClosedAndOpenedAgainForTheNextCommand()
    {
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Settings(proxy.Port) with { IdleTimeout = TimeSpan.FromMilliseconds(300) });
        for (var round = 1; round <= 3; round++)
        {
            await Set(client, "idle", $"{round}");
            Assert.Equal($"{round}", await Get(client, "idle"));
            Assert.Equal(round, proxy.Accepted);
            await Until("the connection is closed", () => proxy.Open == 0);
        }

        Assert.DoesNotContain(Log.Messages, message => message.Contains("lost", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(8192)]
    [InlineData(4)]
    public async Task Watch_OldConnectionsUnderLoad_AreReplacedAndNoCommandFails(int inFlight)
    {
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Settings(proxy.Port) with { MaxConnectionAge = TimeSpan.FromMilliseconds(100), CommandTimeout = TimeSpan.FromSeconds(1), MaxRetries = 0, MaxInFlight = inFlight });

        var faults = await Load(16, TimeSpan.FromSeconds(2), async loop =>
        {
            await Set(client, $"age:{loop}", "value");
            Assert.Equal("value", await Get(client, $"age:{loop}"));
        });

        Assert.Empty(faults);
        Assert.InRange(proxy.Accepted, 5, 40);
        await Until("old connections are closed", () => proxy.Open <= 1);
    }

    [Fact]
    public async Task Dispose_AfterUse_ServerSeesNoClientAnyMore()
    {
        await using var alone = await Backends.Redis.RedisServer.StartAsync(Cancellation);
        for (var round = 0; round < 10; round++)
        {
            var client = RedisClient.Create(Settings(alone.Port) with { Database = 1 });
            var calls = Enumerable.Range(0, 20).Select(number => Record.ExceptionAsync(() => Set(client, $"key:{number}", "value")).AsTask()).ToArray();
            await client.DisposeAsync();
            await Task.WhenAll(calls).WaitAsync(Soon, Cancellation);
            var list = (await alone.Cli.CallAsync(["CLIENT", "LIST"], Cancellation)).Text!;
            Assert.DoesNotContain("db=1", list, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Receive_ConnectionBreaksWhileUnused_IsOpenedAgainOnce()
    {
        await using var proxy = new TcpProxy(server.Port);
        await using var client = RedisClient.Create(Settings(proxy.Port));
        await Set(client, "eager", "value");

        proxy.CutAll();
        await Until("it is connected again", () => proxy.Accepted == 2 && proxy.Open == 1);
        Assert.Equal("value", await Get(client, "eager"));
        proxy.IsRefusing = true;
        proxy.CutAll();
        await Until("it is refused", () => proxy.Accepted >= 3);
        await Pass(TimeSpan.FromMilliseconds(300));

        Assert.Equal(3, proxy.Accepted);
        proxy.IsRefusing = false;
        Assert.Equal("value", await Get(client, "eager"));
    }
}
