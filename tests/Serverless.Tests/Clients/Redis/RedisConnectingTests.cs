using Serverless.Backends.Network;
using Serverless.Backends.Processes;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Connections that do not come about.</summary>
public sealed class RedisConnectingTests : RedisClientTest
{
    [Fact]
    public async Task Execute_ConnectionRefused_FailsWithTheAddress()
    {
        var port = FreePort.Lasting();
        await using var client = RedisClient.Create(Settings(port));

        var fault = await Fault(Set(client, "key", "value"));

        Assert.IsType<RedisConnectionException>(fault);
        Assert.Contains($"SET: {NotExecuted}: no connection to 127.0.0.1:{port}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_UnknownHost_FailsWithItsName()
    {
        await using var client = RedisClient.Create(Settings(new RedisEndpoint("no-such-host.invalid", 6379)));

        var fault = await Fault(Set(client, "key", "value"));

        Assert.Contains($"{NotExecuted}: no connection to no-such-host.invalid:6379", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 6379)]
    [InlineData("localhost", 70_000)]
    public async Task Execute_ImpossibleAddress_FailsEachTime(string host, int port)
    {
        await using var client = RedisClient.Create(Settings(new RedisEndpoint(host, port)));

        Assert.Contains(NotExecuted, (await Fault(Get(client, "key"))).Message, StringComparison.Ordinal);
        Assert.Contains(NotExecuted, (await Fault(Get(client, "key"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_HandshakeWithoutAnswer_FailsWithinTheConnectTimeout()
    {
        await using var server = new ScriptedRedis(_ => null);
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { Database = 1, ConnectTimeout = TimeSpan.FromMilliseconds(200), MaxRetries = 1 });

        var fault = await Fault(Set(client, "key", "value"));

        Assert.Contains($"{NotExecuted}: no connection to {server.Endpoint} within 0.2 s", fault.Message, StringComparison.Ordinal);
        await Until("the connections are closed", () => server.Open == 0);
        Assert.Equal(0, server.CountOf("SET"));
    }

    [Fact]
    public async Task Execute_TlsToAServerThatIsSilent_FailsWithinTheConnectTimeout()
    {
        await using var server = new ScriptedRedis(_ => null);
        await using var proxy = new TcpProxy(server.Endpoint.Port);
        proxy.ToServer.Hold();
        await using var client = RedisClient.Create(Settings(proxy.Port) with { Tls = new RedisTlsOptions(), ConnectTimeout = TimeSpan.FromMilliseconds(200), MaxRetries = 0 });

        var fault = await Fault(Get(client, "key"));

        Assert.Contains("within 0.2 s", fault.Message, StringComparison.Ordinal);
        proxy.CutAll();
    }

    [Fact]
    public async Task Execute_ServerClosesBeforeTheFirstCommand_UsesTheNextConnection()
    {
        await using var server = new ScriptedRedis(_ => "$-1\r\n") { HangsUp = true };
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await using var client = RedisClient.Create(Settings(server.Endpoint) with { MaxRetries = 1 });
            server.HangsUp = true;
            await Fault(Get(client, "key"));

            server.HangsUp = false;
            Assert.Null(await Get(client, "key").WaitAsync(Soon, Cancellation));
        }
    }

    [Fact]
    public async Task Execute_ServerAlwaysHangsUp_ConnectsAgainOnlyForCommands()
    {
        await using var server = new ScriptedRedis(_ => null) { HangsUp = true };
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { MaxRetries = 3, MaxRetryInterval = TimeSpan.FromMilliseconds(20) });

        for (var call = 0; call < 20; call++)
        {
            await Fault(Get(client, "key"));
        }

        await Pass(TimeSpan.FromMilliseconds(300));
        Assert.InRange(server.Accepted.Count, 20, 100);
    }

    [Fact]
    public async Task Execute_ServerHangsUpAfterTheHandshake_ConnectsAgainOnlyForCommands()
    {
        await using var server = new ScriptedRedis(_ => "+OK\r\n") { ReadLimit = "*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n".Length };
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { Database = 1 });

        await Fault(Get(client, "key"));
        await Until("the last connection is closed", () => server.Open == 0);
        await Pass(TimeSpan.FromMilliseconds(300));

        Assert.InRange(server.Accepted.Count, 1, 5);
    }

    [Fact]
    public async Task Execute_ServerRefusesWithAText_SaysIt()
    {
        await using var server = new ScriptedRedis(_ => null) { Greeting = "-ERR max number of clients reached\r\n" };

        for (var call = 0; call < 10; call++)
        {
            await using var client = RedisClient.Create(Settings(server.Endpoint) with { MaxRetries = 0 });
            Assert.Contains("max number of clients reached", (await Fault(Get(client, "key"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Execute_CredentialsFailOnce_AreAskedForAgain()
    {
        await using var server = new ScriptedRedis(command => command.StartsWith("AUTH", StringComparison.Ordinal) ? "+OK\r\n" : "$-1\r\n");
        var asked = 0;
        await using var client = RedisClient.Create(Settings(server.Endpoint) with
        {
            Credentials = _ => asked++ < 2 ? throw new InvalidOperationException("no token today") : ValueTask.FromResult(new RedisCredentials("user", "token")),
            MaxRetries = 0,
        });

        Assert.Contains("no token today", (await Fault(Get(client, "key"))).Message, StringComparison.Ordinal);
        Assert.Contains("no token today", (await Fault(Get(client, "key"))).Message, StringComparison.Ordinal);
        Assert.Null(await Get(client, "key"));
    }

    [Fact]
    public async Task Execute_CredentialsTimeOut_DoesNotSayThatTheClientWasClosed()
    {
        await using var server = new ScriptedRedis(_ => "+OK\r\n");
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { Credentials = _ => throw new TaskCanceledException("the token server is slow"), MaxRetries = 0 });

        Assert.Contains("the token server is slow", (await Fault(Get(client, "key"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_ServerIsBusyDuringTheHandshake_TriesAgain()
    {
        var selects = 0;
        await using var server = new ScriptedRedis(command => command.StartsWith("GET", StringComparison.Ordinal) ? "$-1\r\n" : selects++ < 2 ? "-BUSY Redis is busy running a script.\r\n" : "+OK\r\n");
        await using var client = RedisClient.Create(Settings(server.Endpoint) with { Database = 3 });

        Assert.Null(await Get(client, "key"));
        Assert.Equal(3, selects);
    }
}
