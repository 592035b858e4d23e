using Serverless.Backends.Network;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;

namespace Serverless.Tests.Clients.Redis;

/// <summary>Access tokens, which end.</summary>
public sealed class RedisTokenTests : RedisClientTest
{
    [Fact]
    public async Task Renewal_BeforeTheTokenEnds_AuthenticatesTheLiveConnection()
    {
        await using var server = await RedisServer.StartAsync(new RedisServerSettings { Users = [new RedisUser("app", "token-0")] }, Cancellation);
        await using var proxy = new TcpProxy(server.Port);
        var issued = 0;
        await using var client = RedisClient.Create(Settings(proxy.Port) with
        {
            Credentials = async cancellationToken =>
            {
                var token = $"token-{issued++}";
                await server.Cli.CallAsync(["ACL", "SETUSER", "app", "resetpass", ">" + token], cancellationToken);
                return new RedisCredentials("app", token, TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(700));
            },
        });

        var faults = await Load(8, TimeSpan.FromSeconds(3), loop => Set(client, $"key:{loop}", "value"));

        Assert.Empty(faults);
        Assert.InRange(issued, 3, 20);
        Assert.Equal(1, proxy.Accepted);
        Assert.Contains(Log.Messages, message => message.Contains("authenticated again", StringComparison.Ordinal));
        Assert.DoesNotContain(Log.Messages, message => message.Contains("token-", StringComparison.Ordinal));

        proxy.CutAll();
        Assert.Equal("value", await Get(client, "key:1"));
        Assert.Equal(2, proxy.Accepted);
    }

    [Fact]
    public async Task Renewal_ThatFails_IsTriedAgainUntilItWorks()
    {
        var time = new ManualTimeProvider();
        var asked = 0;
        var refused = 0;
        await using var server = new ScriptedRedis(command => command switch
        {
            "AUTH user token-3" when refused++ == 0 => "-WRONGPASS invalid username-password pair\r\n",
            _ when command.StartsWith("AUTH", StringComparison.Ordinal) => "+OK\r\n",
            _ => "$-1\r\n",
        });
        await using var client = RedisClient.Create(Settings(server.Endpoint) with
        {
            Time = time,
            IdleTimeout = null,
            Credentials = _ => asked++ switch
            {
                0 => ValueTask.FromResult(new RedisCredentials("user", "token-0", time.GetUtcNow() + TimeSpan.FromHours(1))),
                1 => throw new InvalidOperationException("no token today"),
                2 => ValueTask.FromResult(new RedisCredentials("user", "token-0", time.GetUtcNow() + TimeSpan.FromMinutes(1))),
                _ => ValueTask.FromResult(new RedisCredentials("user", "token-3", time.GetUtcNow() + TimeSpan.FromHours(2))),
            },
        });
        Assert.Null(await Get(client, "key"));

        time.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal(1, asked);
        await Until("the third attempt worked", () => Tick(time) && server.CountOf("AUTH") == 3);

        await Until("it says so", () => Log.Messages.Any(message => message.Contains("authenticated again", StringComparison.Ordinal) && message.StartsWith("Debug", StringComparison.Ordinal)));
        Assert.Contains(Log.Messages, message => message.Contains("no token today", StringComparison.Ordinal));
        Assert.Contains(Log.Messages, message => message.Contains("WRONGPASS", StringComparison.Ordinal));
        Assert.DoesNotContain(Log.Messages, message => message.Contains("token-", StringComparison.Ordinal));
        Assert.Single(server.Accepted);
    }

    [Fact]
    public async Task Renewal_OnAFullConnection_FindsItsPlace()
    {
        var time = new ManualTimeProvider();
        await using var server = new ScriptedRedis(command => command.StartsWith("AUTH", StringComparison.Ordinal) ? "+OK\r\n" : null);
        await using var client = RedisClient.Create(Settings(server.Endpoint) with
        {
            Time = time,
            IdleTimeout = null,
            MaxInFlight = 2,
            CommandTimeout = TimeSpan.FromHours(9),
            QueueTimeout = TimeSpan.FromHours(9),
            Credentials = _ => ValueTask.FromResult(new RedisCredentials("user", "token", time.GetUtcNow() + TimeSpan.FromHours(1))),
        });
        var calls = Enumerable.Range(0, 5).Select(number => Get(client, $"key:{number}")).ToArray();
        await Until("the connection is full", () => server.CountOf("GET") == 2);

        time.Advance(TimeSpan.FromMinutes(54));
        await Until("the server got the new token", () => Tick(time) && server.CountOf("AUTH") == 2);
        Assert.DoesNotContain(Log.Messages, message => message.Contains("could not", StringComparison.Ordinal));
        await client.DisposeAsync();
        await Task.WhenAll(calls.Skip(1).Select(Fault));
    }

    [Fact]
    public async Task Renewal_CredentialsThrow_DisposeStillWorks()
    {
        var time = new ManualTimeProvider();
        var asked = 0;
        await using var server = new ScriptedRedis(command => command.StartsWith("AUTH", StringComparison.Ordinal) ? "+OK\r\n" : "$-1\r\n");
        var client = RedisClient.Create(Settings(server.Endpoint) with
        {
            Time = time,
            IdleTimeout = null,
            Credentials = _ => asked++ == 0
                ? ValueTask.FromResult(new RedisCredentials("user", "token", time.GetUtcNow() + TimeSpan.FromHours(1)))
                : throw new InvalidOperationException("no token today"),
        });
        Assert.Null(await Get(client, "key"));
        time.Advance(TimeSpan.FromMinutes(54));
        await Until("it was asked again", () => Tick(time) && asked == 2);

        await client.DisposeAsync();

        Assert.Equal(0, time.ArmedTimers);
    }

    // Small steps, so that no time runs out meanwhile.
    private static bool Tick(ManualTimeProvider time)
    {
        time.Advance(TimeSpan.FromMilliseconds(500));
        return true;
    }
}
