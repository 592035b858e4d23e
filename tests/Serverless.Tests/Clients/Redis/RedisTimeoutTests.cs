using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Servers that take their time.</summary>
public sealed class RedisTimeoutTests : RedisClientTest, IAsyncLifetime
{
    private RedisServer _server = null!;
    private TcpProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(Cancellation);
        _proxy = new TcpProxy(_server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Execute_HungServer_FailsInTimeAndWorksAgainByItself()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port) with { CommandTimeout = TimeSpan.FromMilliseconds(400) });
        await Set(client, "key", "value");
        _server.Pause();
        var started = TimeProvider.System.GetTimestamp();

        var writes = Enumerable.Range(0, 50).Select(number => Fault(Set(client, $"key:{number}", "value"))).ToArray();
        var reads = Enumerable.Range(0, 50).Select(number => Fault(Get(client, $"key:{number}"))).ToArray();

        Assert.All(await Task.WhenAll(writes), fault => Assert.EndsWith(FateUnknown, fault.Message, StringComparison.Ordinal));
        Assert.All(await Task.WhenAll(reads), fault => Assert.DoesNotContain(FateUnknown, fault.Message, StringComparison.Ordinal));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(350), TimeSpan.FromSeconds(5));
        await Until("the connection is dropped", () => Log.Messages.Any(message => message.Contains("sends no replies", StringComparison.Ordinal)));

        _server.Resume();
        await Backends.Processes.Eventually.MustAsync(
            "it works again",
            async () => await Record.ExceptionAsync(() => Set(client, "key", "again")) is null,
            Soon,
            Cancellation);
        Assert.Equal("again", await Get(client, "key"));
    }

    [Fact]
    public async Task Execute_SlowCommand_DoesNotEndTheOthers()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port) with { CommandTimeout = TimeSpan.FromSeconds(10) });
        await Set(client, "key", "value");
        await using var witness = await _server.Cli.OpenAsync(Cancellation);
        await witness.SendAsync(["DEBUG", "SLEEP", "1"], Cancellation);

        await Together(50, async _ => Assert.Equal("value", await Get(client, "key")));

        Assert.Equal(1, _proxy.Accepted);
    }

    [Fact]
    public async Task Execute_AfterOverdueReplies_LaterOnesStillMatch()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port) with { CommandTimeout = TimeSpan.FromMilliseconds(500) });
        await Set(client, "key", "value");
        await using var witness = await _server.Cli.OpenAsync(Cancellation);
        await witness.SendAsync(["DEBUG", "SLEEP", "0.6"], Cancellation);
        var overdue = await Record.ExceptionAsync(() => Get(client, "key"));

        Assert.True(overdue is null or RedisTimeoutException);
        await witness.ReceiveAsync(Cancellation);
        Assert.Equal("value", await Get(client, "key"));
    }

    [Fact]
    public async Task Execute_BlackHole_ConnectionIsReplaced()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port) with { CommandTimeout = TimeSpan.FromMilliseconds(300) });
        await Set(client, "key", "value");
        _proxy.ToClient.Hold();

        Assert.IsType<RedisTimeoutException>(await Fault(Get(client, "key")));

        await Until("another connection is made", () => _proxy.Accepted == 2);
        _proxy.ToClient.Release();
        Assert.Equal("value", await Get(client, "key"));
    }

    [Fact]
    public async Task Execute_BlackHoleBeforeTheServer_WriteIsNotSaidToBeUnexecuted()
    {
        await using var client = RedisClient.Create(Settings(_proxy.Port) with { CommandTimeout = TimeSpan.FromMilliseconds(300), QueueTimeout = TimeSpan.FromSeconds(2) });
        await Set(client, "key", "value");
        _proxy.ToServer.Hold();

        var fault = await Fault(Set(client, "key", (ReadOnlyMemory<byte>)new byte[32 << 20]));

        Assert.EndsWith(FateUnknown, fault.Message, StringComparison.Ordinal);
        _proxy.ToServer.Release();
    }
}
