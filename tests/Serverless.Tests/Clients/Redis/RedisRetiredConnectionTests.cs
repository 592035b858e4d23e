using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Connections that take no more commands and wait for their last replies.</summary>
public sealed class RedisRetiredConnectionTests : RedisClientTest, IAsyncLifetime
{
    // The write is answered when the read behind it has come, which is never answered.
    private readonly ScriptedRedis _server = new(static command => command switch
    {
        "SET key value" => null,
        "GET silent" => "-READONLY You can't write against a read only replica.\r\n",
        _ => "$-1\r\n",
    });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Execute_HungOnARetiredConnection_TimesOutAndEndsIt()
    {
        await using var client = RedisClient.Create(Settings(_server.Endpoint) with { CommandTimeout = TimeSpan.FromMilliseconds(300), MaxRetries = 0, MaxRetryInterval = TimeSpan.Zero });
        var write = Set(client, "key", "value");
        await Until("the server got it", () => _server.CountOf("SET") == 1);
        var hung = Get(client, "silent");
        Assert.IsType<RedisServerException>(await Fault(write));
        Assert.Null(await Get(client, "key"));

        Assert.IsType<RedisTimeoutException>(await Fault(hung));
        await Until("the retired connection is closed", () => _server.Open == 1);
    }

    [Fact]
    public async Task Dispose_HungRetiredConnection_EndsIt()
    {
        var client = RedisClient.Create(Settings(_server.Endpoint) with { CommandTimeout = TimeSpan.FromMinutes(5), MaxRetries = 0, MaxRetryInterval = TimeSpan.Zero });
        var write = Set(client, "key", "value");
        await Until("the server got it", () => _server.CountOf("SET") == 1);
        var hung = Get(client, "silent");
        await Fault(write);

        await client.DisposeAsync().AsTask().WaitAsync(Soon, Cancellation);

        Assert.Contains("closed", (await Fault(hung)).Message, StringComparison.Ordinal);
        await Until("nothing is open", () => _server.Open == 0);
    }
}
