using Azure.Identity;
using Serverless.Backends.Processes;
using Serverless.Backends.Redis;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Settings;
using Serverless.Tests.Functions.Http;
using RedisEndpoint = Serverless.Components.Clients.Redis.RedisEndpoint;

namespace Serverless.Tests.Components.Settings;

/// <summary>Tokens on a real server that shuts out what has ended, with a clock that moves when told.</summary>
public sealed class RedisTokenRenewalTests : IAsyncLifetime
{
    private static readonly TimeSpan UntilRenewal = TimeSpan.FromMinutes(55);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private RedisServer _server = null!;
    private RedisTokenUsers _users = null!;
    private RollingCredential _credential = null!;
    private RedisEntraTokens _tokens = null!;
    private RedisClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new RedisServerSettings { Password = "closed", Users = [new RedisUser("nobody", "closed")] }, Token);
        _users = new RedisTokenUsers([_server.Cli], name: null);
        _credential = new RollingCredential(_time, _users.AdmitAsync);
        _tokens = new RedisEntraTokens(() => _credential);
        _client = RedisClient.Create(new RedisOptions
        {
            Endpoints = [new RedisEndpoint("127.0.0.1", _server.Port)],
            Credentials = _tokens.GetAsync,
            CommandTimeout = TimeSpan.MaxValue,
            QueueTimeout = TimeSpan.FromDays(1),
            IdleTimeout = null,
            MaxRetries = 0,

            // A pause before the next connection would last for ever on a clock that nobody moves.
            MinRetryInterval = TimeSpan.Zero,
            Time = _time,
            Logger = _log,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _tokens.Dispose();
        _credential.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Renewal_TokensRollUnderLoad_NoCommandFailsAndTheConnectionStays()
    {
        await PingAsync();
        var connection = await ConnectionAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var load = Enumerable.Range(0, 8).Select(worker => WorkAsync($"k{worker}", stop.Token)).ToList();

        for (var roll = 0; roll < 10; roll++)
        {
            var ending = _credential.Last;
            _time.Advance(UntilRenewal);
            await Eventually.MustAsync("the token was renewed", async () => ending != _credential.Last && (await _users.ConnectionsOfAsync(_credential.Last.ObjectId, Token)).Count > 0, Limit, Token);

            // Its user's connections are closed with it.
            await _users.EndAsync(ending, Token);
            Assert.Equal(connection, await ConnectionAsync());
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), commands => Assert.NotEqual(0, commands));
        await PingAsync();
        Assert.DoesNotContain(_log.Messages, message => message.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Renewal_NoTokenForAWhile_ConnectionServesOnAndItIsTriedAgain()
    {
        await PingAsync();
        var (first, connection) = (_credential.Last, await ConnectionAsync());
        _credential.Faults.Enqueue(new AuthenticationFailedException("managed identity: down"));

        _time.Advance(UntilRenewal);
        await Eventually.MustAsync("the failure is logged", () => Task.FromResult(_log.Messages.Any(message => message.EndsWith("no token: managed identity: down", StringComparison.Ordinal))), Limit, Token);
        await PingAsync();
        Assert.Equal(connection, await ConnectionAsync());

        // A fifth of the five minutes that are left, and a look at the clock.
        _time.Advance(TimeSpan.FromSeconds(61));
        await Eventually.MustAsync("the token was renewed", async () => first != _credential.Last && (await _users.ConnectionsOfAsync(_credential.Last.ObjectId, Token)).Count > 0, Limit, Token);
        Assert.Equal(connection, await ConnectionAsync());
        Assert.DoesNotContain(_log.Messages, message => message.Contains(first.Value, StringComparison.Ordinal) || message.Contains(_credential.Last.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Renewal_NoTokenToTheEnd_CommandsSayWhyUntilThereIsOne()
    {
        await PingAsync();
        var first = _credential.Last;
        var unavailable = new CredentialUnavailableException("no Azure identity is available: client secret: lacks a client id");
        Enumerable.Repeat(unavailable, 1000).ToList().ForEach(_credential.Faults.Enqueue);

        _time.Advance(TimeSpan.FromMinutes(61));
        await _users.EndAsync(first, Token);
        RedisConnectionException? fault = null;
        await Eventually.MustAsync("the connection has ended", async () => (fault = await FaultAsync())?.Message.Contains("no token", StringComparison.Ordinal) == true, Limit, Token);

        Assert.EndsWith("no token: no Azure identity is available: client secret: lacks a client id", fault!.Message, StringComparison.Ordinal);
        _credential.Faults.Clear();
        await Eventually.MustAsync("it works again", async () => await FaultAsync() is null, Limit, Token);
        Assert.NotEqual(first, _credential.Last);
    }

    [Fact]
    public async Task Connect_UserRevoked_SaysSoWithoutTheToken()
    {
        await PingAsync();
        await _users.EndAsync(_credential.Last, Token);
        RedisConnectionException? fault = null;
        await Eventually.MustAsync("the connection has ended", async () => (fault = await FaultAsync()) is { InnerException: RedisServerException }, Limit, Token);

        Assert.Contains("WRONGPASS", fault!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_credential.Last.Value, fault.ToString(), StringComparison.Ordinal);
        await _users.AdmitAsync(_credential.Last, Token);
        await Eventually.MustAsync("it works again", async () => await FaultAsync() is null, Limit, Token);
    }

    [Fact]
    public async Task Connect_CredentialThrowsSomethingElse_CommandEndsAndSaysNothingOfIt()
    {
        _credential.Faults.Enqueue(new InvalidDataException("s3cr3t"));

        var fault = await FaultAsync();

        Assert.EndsWith("no token: InvalidDataException", fault!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", fault.ToString(), StringComparison.Ordinal);
        await PingAsync();
    }

    private async Task PingAsync() => await _client.ExecuteAsync(RedisCommand.Of(RedisCommandName.Ping), Token);

    private async Task<RedisConnectionException?> FaultAsync()
    {
        try
        {
            await PingAsync();
            return null;
        }
        catch (RedisConnectionException fault)
        {
            return fault;
        }
    }

    private async Task<string> ConnectionAsync() => Assert.Single(await _users.ConnectionsOfAsync(_credential.Last.ObjectId, Token));

    /// <summary>Writes one after the other; a failure ends the test.</summary>
    private async Task<int> WorkAsync(string key, CancellationToken stop)
    {
        var commands = 0;
        while (!stop.IsCancellationRequested)
        {
            await _client.ExecuteAsync(RedisCommand.On(RedisCommandName.HGetAll, key), Token);
            await _client.ExecuteAsync(RedisCommand.On(RedisCommandName.Del, key), Token);
            commands++;
        }

        return commands;
    }
}
