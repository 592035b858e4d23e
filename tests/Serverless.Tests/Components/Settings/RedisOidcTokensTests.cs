using System.Text.Json.Nodes;
using Serverless.Backends.TokenServers;
using Serverless.Components.Clients.Redis;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class RedisOidcTokensTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TokenServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await TokenServer.StartAsync(_time);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("ann")]
    [InlineData("")]
    public async Task Get_Issued_IsForTheUserUntilItsEnd(string user)
    {
        using var tokens = Create(user);

        var credentials = await tokens.GetAsync(Token);

        Assert.Equal(new RedisCredentials(user, Assert.Single(_server.IssuedTokens), _time.GetUtcNow().AddHours(1)), credentials);
        Assert.Equal(credentials, await tokens.GetAsync(Token));
    }

    [Fact]
    public async Task Get_LifetimeNotTold_IsTakenForAShortOne()
    {
        using var tokens = Create("ann");
        _server.OidcAnswer = _ => (200, new JsonObject { ["access_token"] = "t" });

        Assert.Equal(new RedisCredentials("ann", "t", _time.GetUtcNow().AddSeconds(30)), await tokens.GetAsync(Token));
    }

    [Fact]
    public async Task Get_Refused_SaysWhyWithoutTheAssertion()
    {
        using var tokens = Create("ann");
        _server.ClientCertificate = null;

        var fault = await Assert.ThrowsAsync<RedisConnectionException>(() => tokens.GetAsync(Token).AsTask());

        Assert.Equal("no token: the token endpoint answered 401 invalid_client: no assertion", fault.Message);
        Assert.DoesNotContain(Assert.Single(_server.Requests)["client_assertion"]!, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NoAnswer_EndsWithItsCaller()
    {
        using var tokens = Create("ann");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _server.Inject(TokenFault.Hang);

        var asking = tokens.GetAsync(cancel.Token).AsTask();
        await _server.Hung.WaitAsync(Token);
        await cancel.CancelAsync();

        Assert.Equal("no token: no answer in time", (await Assert.ThrowsAsync<RedisConnectionException>(() => asking)).Message);
    }

    private RedisOidcTokens Create(string user)
    {
        var context = StateContexts.Create("state.redis", _time, OidcItems.Create(_server));
        var binder = context.Metadata.Bind();
        var options = OidcAuthentication.Read(binder, context)!;
        binder.ThrowIfFaulty();
        return new RedisOidcTokens(options, user, _time);
    }
}
