using System.Globalization;
using System.Net;
using Serverless.Backends.Redis;
using Serverless.Backends.TokenServers;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Redis;

/// <summary>The app on a server that takes access tokens for passwords, for longer than several of them last.</summary>
public sealed class RedisEntraTests : IAsyncLifetime
{
    private const string State = "v1.0/state/store";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TempFolder _folder = new();
    private TokenServer _tokens = null!;
    private RedisServer _server = null!;
    private RedisTokenUsers _users = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _tokens = await TokenServer.StartAsync();
        _tokens.TokenLifetime = TimeSpan.FromSeconds(5);
        _server = await RedisServer.StartAsync(new RedisServerSettings { Password = "closed", Users = [new RedisUser("nobody", "closed")] }, Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _tokens.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ManagedIdentity_TokensRoll_EveryCallSucceedsOnOneConnection()
    {
        await using var app = await StartAsync([("useEntraID", "true")], name: null, ManagedIdentity());

        await RollAsync(app);

        Assert.All(_tokens.TokenRequests, request => Assert.Equal(("/msi/token", "https://redis.azure.com"), (request.Path, request["resource"])));
    }

    [Fact]
    public async Task WorkloadIdentity_TokensRoll_EveryCallSucceedsOnOneConnection()
    {
        var environment = new Dictionary<string, string>
        {
            ["AZURE_AUTHORITY_HOST"] = $"https://localhost:{_tokens.HttpsPort}",
            ["AZURE_TENANT_ID"] = _tokens.TenantId,
            ["AZURE_CLIENT_ID"] = _tokens.ClientId,
            ["AZURE_FEDERATED_TOKEN_FILE"] = _folder.Write("federated", _tokens.CreateFederatedToken()),
            ["SSL_CERT_FILE"] = _folder.Write("authority.pem", TokenServer.AuthorityPem),
        };
        await using var app = await StartAsync([("useAzureAD", "true"), ("azureAuthMethods", "wi"), ("azureDisableInstanceDiscovery", "true")], name: null, environment);

        await RollAsync(app);

        Assert.All(_tokens.TokenRequests, request => Assert.Equal($"/{_tokens.TenantId}/oauth2/v2.0/token", request.Path));
    }

    [Fact]
    public async Task Oidc_TokensRoll_EveryCallSucceedsOnOneConnection()
    {
        await using var app = await StartAsync([.. Oidc(), ("redisUsername", "ann"), ("oidcScopes", "redis")], "ann", []);

        await RollAsync(app);

        Assert.All(_tokens.TokenRequests, request => Assert.Equal(("/oidc/token", "redis"), (request.Path, request["scope"])));
    }

    [Fact]
    public async Task Start_NoTokenYet_StoreComesAsSoonAsThereIsOne()
    {
        _tokens.Inject(TokenFault.InvalidClient);
        await using var app = await StartAsync([.. Oidc(), ("redisUsername", "ann")], "ann", [], ignoresErrors: true);
        using var client = app.Client();

        await Eventually.MustAsync("the store was loaded", async () => (await client.GetAsync(new Uri($"{State}/k", UriKind.Relative), Token)).StatusCode == HttpStatusCode.NoContent, Limit, Token);

        Assert.True(app.Output.HasLine("level=error", "error connecting to redis", "no token: the token endpoint answered 401 invalid_client"), app.Output.Text);
        AssertNoSecret(app);
    }

    [Fact]
    public async Task Revoked_WhileServing_CallsSayWhyUntilItIsBack()
    {
        _tokens.TokenLifetime = TimeSpan.FromHours(1);
        await using var app = await StartAsync([("useEntraID", "true"), ("redisMaxRetries", "-1")], name: null, ManagedIdentity());
        using var client = app.Client();
        var user = _tokens.IssuedTokens.Select(token => SignedToken.Read(token)!.Claim("oid")!).Last();
        await _server.Cli.CallAsync(["ACL", "DELUSER", user], Token);

        HttpResponseMessage? refused = null;
        await Eventually.MustAsync("the connection is closed", async () => (refused = await client.GetAsync(new Uri($"{State}/k", UriKind.Relative), Token)).StatusCode == HttpStatusCode.InternalServerError, Limit, Token);
        await Eventually.MustAsync("the reason is told", async () => (await (await client.GetAsync(new Uri($"{State}/k", UriKind.Relative), Token)).Content.ReadAsStringAsync(Token)).Contains("WRONGPASS", StringComparison.Ordinal), Limit, Token);

        await _server.Cli.CallAsync(["ACL", "SETUSER", user, "on", ">" + _tokens.IssuedTokens[^1], "allkeys", "+@all"], Token);
        await Eventually.MustAsync("it works again", async () => (await client.GetAsync(new Uri($"{State}/k", UriKind.Relative), Token)).StatusCode == HttpStatusCode.NoContent, Limit, Token);
        AssertNoSecret(app);
    }

    private (string Name, string Value)[] Oidc()
    {
        var certificate = TestCertificates.Create("client");
        _tokens.ClientCertificate = certificate;
        return
        [
            ("useOIDC", "true"),
            ("oidcTokenEndpoint", _tokens.OidcEndpoint),
            ("oidcClientID", _tokens.ClientId),
            ("oidcClientAssertionCert", certificate.ExportCertificatePem()),
            ("oidcClientAssertionKey", certificate.ToKeyPem()),
            ("oidcCACert", TokenServer.AuthorityPem),
        ];
    }

    private Dictionary<string, string> ManagedIdentity() => new()
    {
        ["IDENTITY_ENDPOINT"] = _tokens.IdentityEndpoint,
        ["IDENTITY_HEADER"] = _tokens.IdentityHeader,
    };

    private async Task<AppProcess> StartAsync((string Name, string Value)[] items, string? name, Dictionary<string, string> environment, bool ignoresErrors = false)
    {
        _users = new RedisTokenUsers([_server.Cli], name);
        _users.Follow(_tokens);
        var yaml = Resources.Component("store", "state.redis", [("redisHost", _server.Address), .. items.Select(item => (item.Name, item.Value.Replace("\n", "\\n", StringComparison.Ordinal)))]);
        var settings = new AppSettings
        {
            Resources = new Dictionary<string, string> { ["store.yaml"] = ignoresErrors ? yaml.Replace("  version: v1", "  version: v1\n  ignoreErrors: true", StringComparison.Ordinal) : yaml },
            Arguments = ["--log-level", "debug", "--hot-reload-reconcile-interval", "1s"],
            Environment = environment,
        };
        return await AppProcess.StartAsync(settings, Token);
    }

    /// <summary>Writes and reads without a pause until two tokens have been shut out and a later one is in use.</summary>
    private async Task RollAsync(AppProcess app)
    {
        using var client = app.Client();
        var calls = 0;
        await using var monitor = await RedisMonitor.StartAsync(_server.Cli, Token);
        await Eventually.MustAsync("tokens roll", async () =>
        {
            await CallAsync(client, ++calls);
            await _users.EndOverdueAsync(Token);
            return _users.Ended >= 2;
        }, Limit, Token);
        await CallAsync(client, ++calls);

        var sources = monitor.Commands.Where(command => command.Name is "EVALSHA" or "EVAL").Select(command => command.Source).Distinct();
        var source = Assert.Single(sources);
        Assert.InRange(monitor.Commands.Count(command => command.Name == "AUTH" && command.Source == source), 2, _tokens.IssuedTokens.Count);
        Assert.Equal(calls, await StoredAsync(client));
        Assert.False(app.Output.HasLine("could not be authenticated again"), app.Output.Text);
        Assert.True(app.Output.HasLine("authenticated again"), app.Output.Text);
        AssertNoSecret(app);
    }

    private static async Task CallAsync(HttpClient client, int number)
    {
        using var body = new StringContent($$"""[{"key": "k", "value": {{number}}}]""");
        using var saved = await client.PostAsync(new Uri(State, UriKind.Relative), body, Token);
        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
        Assert.Equal(number, await StoredAsync(client));
    }

    private static async Task<int> StoredAsync(HttpClient client) => int.Parse(await client.GetStringAsync(new Uri($"{State}/k", UriKind.Relative), Token), CultureInfo.InvariantCulture);

    private void AssertNoSecret(AppProcess app)
    {
        var output = app.Output.Text;
        Assert.All(_tokens.IssuedTokens, token => Assert.DoesNotContain(token, output, StringComparison.Ordinal));
        Assert.All(_tokens.TokenRequests, request => Assert.DoesNotContain(request["client_assertion"] ?? _tokens.ClientSecret, output, StringComparison.Ordinal));
        Assert.DoesNotContain(_tokens.IdentityHeader, output, StringComparison.Ordinal);
    }
}
