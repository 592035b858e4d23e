using Serverless.Backends.Processes;
using Serverless.Backends.Redis;
using Serverless.Backends.TokenServers;
using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Components.State.Redis;
using Serverless.Tests.Components.Settings;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State.Redis;

/// <summary>The store with tokens in place of a password.</summary>
public sealed class RedisTokenTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly (string Name, string Value)[] Patient = [("readTimeout", "-1"), ("poolTimeout", "24h"), ("idleTimeout", "-1")];
    private readonly ManualTimeProvider _time = new();
    private readonly LogCapture _log = new();
    private TokenServer _tokens = null!;
    private RedisServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _tokens = await TokenServer.StartAsync(_time);
        _server = await RedisServer.StartAsync(new RedisServerSettings { Password = "closed", Users = [new RedisUser("nobody", "closed")] }, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _tokens.DisposeAsync();
    }

    [Theory]
    [InlineData("ann")]
    [InlineData(null)]
    public async Task Oidc_TokensRoll_TheConnectionStaysAndEveryCallSucceeds(string? user)
    {
        new RedisTokenUsers([_server.Cli], user ?? "default").Follow(_tokens);
        await using var monitor = await RedisMonitor.StartAsync(_server.Cli, Token);
        await using var store = Store([.. OidcItems.Create(_tokens), .. Patient, .. user is null ? (ReadOnlySpan<(string, string)>)[] : [("redisUsername", user)]]);
        await store.InitializeAsync(Token);

        for (var roll = 1; roll <= 3; roll++)
        {
            await WorksAsync(store);
            _time.Advance(TimeSpan.FromMinutes(55));
            await Eventually.MustAsync("it authenticates again", () => Task.FromResult(Logins(monitor).Count == roll + 1), Limit, Token);
        }

        await WorksAsync(store);
        var source = Assert.Single(Logins(monitor).Select(login => login.Source).Distinct());
        Assert.All(monitor.Commands.Where(command => command.Name == "EVALSHA"), command => Assert.Equal(source, command.Source));
        Assert.All(Logins(monitor), login => Assert.Equal(user is null ? 2 : 3, login.Arguments.Count));
        Assert.Empty((await _server.Cli.CallAsync(["ACL", "LOG"], Token)).Items!);
        Assert.DoesNotContain(_log.Messages, message => _tokens.IssuedTokens.Any(issued => message.Contains(issued, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Oidc_ProviderDownAtRenewal_IsAskedAgain()
    {
        new RedisTokenUsers([_server.Cli], "ann").Follow(_tokens);
        await using var monitor = await RedisMonitor.StartAsync(_server.Cli, Token);
        await using var store = Store([.. OidcItems.Create(_tokens), .. Patient, ("redisUsername", "ann")]);
        await store.InitializeAsync(Token);
        _tokens.Inject(TokenFault.ServerError);

        _time.Advance(TimeSpan.FromMinutes(55));
        await Eventually.MustAsync("the failure is logged", () => Task.FromResult(_log.Messages.Any(message => message.Contains("no token: the token endpoint answered 500 server_error", StringComparison.Ordinal))), Limit, Token);
        await WorksAsync(store);
        _time.Advance(TimeSpan.FromSeconds(61));

        await Eventually.MustAsync("it authenticates again", () => Task.FromResult(Logins(monitor).Count == 2), Limit, Token);
        Assert.Single(Logins(monitor).Select(login => login.Source).Distinct());
        await WorksAsync(store);
    }

    [Fact]
    public async Task Init_OidcRefuses_SaysWhyAndTheNextOneWorks()
    {
        new RedisTokenUsers([_server.Cli], "ann").Follow(_tokens);
        (string, string)[] items = [.. OidcItems.Create(_tokens), ("redisUsername", "ann")];
        _tokens.Inject(TokenFault.InvalidClient);
        await using var refused = Store(items);
        await using var store = Store(items);

        var fault = await Assert.ThrowsAsync<ComponentException>(() => refused.InitializeAsync(Token));
        await store.InitializeAsync(Token);

        Assert.Equal(
            $"component 'statestore': redis store: error connecting to redis at {_server.Address}: no token: the token endpoint answered 401 invalid_client: AADSTS7000215: Invalid client secret provided.",
            fault.Message);
        await WorksAsync(store);
    }

    [Fact]
    public async Task Init_NobodyOfTheName_SaysSoWithoutTheToken()
    {
        await using var store = Store([.. OidcItems.Create(_tokens), ("redisUsername", "ann")]);

        var fault = await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Token));

        Assert.Contains("WRONGPASS", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Assert.Single(_tokens.IssuedTokens), fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_EntraHasNothing_SaysWhatEachMethodLacks()
    {
        await using var store = Store([("useEntraID", "true"), ("azureClientId", "c"), ("azureClientSecret", "s3cr3t"), ("azureAuthMethods", "creds,wi")]);

        var fault = await Assert.ThrowsAsync<ComponentException>(() => store.InitializeAsync(Token));

        Assert.Equal(
            $"component 'statestore': redis store: error connecting to redis at {_server.Address}: no token: no Azure identity is available: client secret: lacks a tenant id; "
            + "workload identity: lacks AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE",
            fault.Message);
        Assert.DoesNotContain("s3cr3t", fault.ToString(), StringComparison.Ordinal);
    }

    // The witness logs in too, for each of its commands; of PING it has no need by now.
    private static List<MonitoredCommand> Logins(RedisMonitor monitor)
    {
        var commands = monitor.Commands;
        var sources = commands.Where(command => command.Name == "PING").Select(command => command.Source).ToHashSet();
        return [.. commands.Where(command => command.Name == "AUTH" && sources.Contains(command.Source))];
    }

    private static async Task WorksAsync(RedisStateStore store)
    {
        Assert.Equal(StateResult.Done, await store.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray() }, Token));
        Assert.NotNull(await store.GetAsync(new StateGet("k", "", StateMetadata.Empty), Token));
    }

    private RedisStateStore Store(params (string Name, string Value)[] items) => new(RedisStores.Context(_server.Address, _time, items).LoggingTo(_log));
}
