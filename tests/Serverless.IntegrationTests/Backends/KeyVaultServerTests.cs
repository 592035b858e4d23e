using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Serverless.Backends.Faults;
using Serverless.Backends.KeyVault;
using Serverless.Backends.TokenServers;

namespace Serverless.IntegrationTests.Backends;

/// <summary>The vault against Microsoft's client for .NET.</summary>
public sealed class KeyVaultServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secret_SetAndRead_IsWhatWasSet()
    {
        await using var server = await KeyVaultServer.StartAsync();
        var client = Connect(server);
        var secret = new KeyVaultSecret("name-1", "wört \" \n");
        secret.Properties.ContentType = "text/plain";
        secret.Properties.Tags["a"] = "b";
        secret.Properties.ExpiresOn = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var first = (await client.SetSecretAsync(secret, Token)).Value;
        var second = (await client.SetSecretAsync("name-1", "zwei", Token)).Value;

        var latest = (await client.GetSecretAsync("name-1", cancellationToken: Token)).Value;
        var old = (await client.GetSecretAsync("NAME-1", first.Properties.Version, cancellationToken: Token)).Value;

        Assert.Equal("zwei", latest.Value);
        Assert.Equal(second.Id, latest.Id);
        Assert.Equal(secret.Value, old.Value);
        Assert.Equal("text/plain", old.Properties.ContentType);
        Assert.Equal("b", old.Properties.Tags["a"]);
        Assert.Equal(secret.Properties.ExpiresOn, old.Properties.ExpiresOn);
        Assert.Equal("Recoverable+Purgeable", old.Properties.RecoveryLevel);
        Assert.Matches("^[0-9a-f]{32}$", old.Properties.Version);
    }

    [Fact]
    public async Task Challenge_FirstRequest_ComesWithoutBodyAndToken()
    {
        await using var server = await KeyVaultServer.StartAsync();
        await Connect(server).SetSecretAsync("n", "v", Token);
        Assert.Collection(
            server.Requests,
            request => Assert.Equal((false, false, 401), (request.IsAuthorized, request.HasBody, request.Status)),
            request => Assert.Equal((true, true, 200), (request.IsAuthorized, request.HasBody, request.Status)));
    }

    [Fact]
    public async Task Challenge_RealAddress_PassesTheClientsCheck()
    {
        await using var server = await KeyVaultServer.StartAsync();
        using var http = new HttpClient(server.CreateHandler());
        var options = new SecretClientOptions { Transport = new HttpClientTransport(http) };
        var client = new SecretClient(new Uri("https://v1.vault.azure.net"), new FixedCredential(server.Token), options);
        await client.SetSecretAsync("n", "v", Token);
        Assert.Equal("v1.vault.azure.net", (await client.GetSecretAsync("n", cancellationToken: Token)).Value.Id.Host);
    }

    [Fact]
    public async Task Token_OfNobody_IsRefused()
    {
        await using var server = await KeyVaultServer.StartAsync();
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Connect(server, token: "other").GetSecretAsync("n", cancellationToken: Token));
        Assert.Equal((401, "Unauthorized"), (failure.Status, failure.ErrorCode));
    }

    [Theory]
    [InlineData("https://vault.azure.net", 60, 404)]
    [InlineData("https://storage.azure.com", 60, 401)]
    [InlineData("https://vault.azure.net", -60, 401)]
    public async Task Token_OfTheTokenServer_MustBeForVaultsAndCurrent(string resource, int lifetimeSeconds, int status)
    {
        await using var tokens = await TokenServer.StartAsync();
        tokens.TokenLifetime = TimeSpan.FromSeconds(lifetimeSeconds);
        await using var server = await KeyVaultServer.StartAsync(new KeyVaultSettings { Tokens = tokens });
        using var http = new HttpClient(tokens.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{tokens.IdentityEndpoint}?api-version=2019-08-01&resource={resource}");
        request.Headers.Add("X-IDENTITY-HEADER", tokens.IdentityHeader);
        using var answer = await http.SendAsync(request, Token);
        answer.EnsureSuccessStatusCode();
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Connect(server, tokens.IssuedTokens[0]).GetSecretAsync("n", cancellationToken: Token));
        Assert.Equal(status, failure.Status);
    }

    [Fact]
    public async Task List_ManySecrets_ComesInPages()
    {
        await using var server = await KeyVaultServer.StartAsync();
        var names = Enumerable.Range(0, 60).Select(i => $"s{i:00}").ToList();
        names.ForEach(name => server.SetSecret(name, name));
        server.SetSecret("s00", "again", isEnabled: false);
        var client = Connect(server);

        var listed = await client.GetPropertiesOfSecretsAsync(Token).ToListAsync(Token);
        var versions = await client.GetPropertiesOfSecretVersionsAsync("s00", Token).ToListAsync(Token);

        Assert.Equal(names, listed.Select(secret => secret.Name));
        Assert.False(listed[0].Enabled);
        Assert.Equal(2, versions.Count);
        Assert.Equal(3, server.Requests.Count(request => request is { Path: "/secrets", Status: 200 }));
    }

    [Fact]
    public async Task Disabled_Secret_IsForbiddenUntilEnabled()
    {
        await using var server = await KeyVaultServer.StartAsync();
        var client = Connect(server);
        var properties = (await client.SetSecretAsync("n", "v", Token)).Value.Properties;
        properties.Enabled = false;
        await client.UpdateSecretPropertiesAsync(properties, Token);
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => client.GetSecretAsync("n", cancellationToken: Token));
        Assert.Equal((403, "Forbidden"), (failure.Status, failure.ErrorCode));
        Assert.Contains("SecretDisabled", failure.Message, StringComparison.Ordinal);
        properties.Enabled = true;
        await client.UpdateSecretPropertiesAsync(properties, Token);
        Assert.Equal("v", (await client.GetSecretAsync("n", cancellationToken: Token)).Value.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public async Task Delete_Secret_CanBeRecoveredAndPurged(int settleMilliseconds)
    {
        await using var server = await KeyVaultServer.StartAsync(new KeyVaultSettings { SettleTime = TimeSpan.FromMilliseconds(settleMilliseconds) });
        var client = Connect(server);
        await client.SetSecretAsync("n", "v", Token);
        var deletion = await client.StartDeleteSecretAsync("n", Token);
        await deletion.WaitForCompletionAsync(TimeSpan.FromMilliseconds(50), Token);
        Assert.Equal("n", Assert.Single(await client.GetDeletedSecretsAsync(Token).ToListAsync(Token)).Name);
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => client.GetSecretAsync("n", cancellationToken: Token))).Status);
        var blocked = await Assert.ThrowsAsync<RequestFailedException>(() => client.SetSecretAsync("n", "w", Token));
        Assert.Equal((409, "Conflict"), (blocked.Status, blocked.ErrorCode));
        Assert.Contains("ObjectIsDeletedButRecoverable", blocked.Message, StringComparison.Ordinal);

        var recovery = await client.StartRecoverDeletedSecretAsync("n", Token);
        await recovery.WaitForCompletionAsync(TimeSpan.FromMilliseconds(50), Token);
        Assert.Equal("v", (await client.GetSecretAsync("n", cancellationToken: Token)).Value.Value);

        await (await client.StartDeleteSecretAsync("n", Token)).WaitForCompletionAsync(TimeSpan.FromMilliseconds(50), Token);
        await client.PurgeDeletedSecretAsync("n", Token);
        Assert.Empty(await client.GetDeletedSecretsAsync(Token).ToListAsync(Token));
        await client.SetSecretAsync("n", "x", Token);
    }

    [Theory]
    [InlineData("bad_name", "v", "BadParameter")]
    [InlineData("big", null, "BadParameter")]
    public async Task Set_OutOfBounds_IsRefused(string name, string? value, string code)
    {
        await using var server = await KeyVaultServer.StartAsync();
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Connect(server).SetSecretAsync(name, value ?? new string('x', 25_601), Token));
        Assert.Equal((400, code), (failure.Status, failure.ErrorCode));
    }

    [Theory]
    [InlineData("/secrets/n", 400, "BadParameter")]
    [InlineData("/secrets/n?api-version=7.4", 404, "SecretNotFound")]
    [InlineData("/secrets?api-version=7.4&maxresults=26", 400, "BadParameter")]
    [InlineData("/nothing?api-version=7.4", 404, "NotFound")]
    public async Task Request_NotInOrder_NamesItsFault(string path, int status, string code)
    {
        await using var server = await KeyVaultServer.StartAsync();
        using var http = new HttpClient(server.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.VaultUri, path));
        request.Headers.Authorization = new("Bearer", server.Token);
        using var answer = await http.SendAsync(request, Token);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["error"]!;
        Assert.Equal((status, code), ((int)answer.StatusCode, (string?)error["code"]));
        Assert.NotEmpty((string?)error["message"] ?? "");
    }

    [Fact]
    public async Task Fault_Throttled_IsRetriedByTheClient()
    {
        await using var server = await KeyVaultServer.StartAsync();
        server.SetSecret("n", "v");
        server.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 0), "GET", "/secrets/n", times: 2);
        Assert.Equal("v", (await Connect(server).GetSecretAsync("n", cancellationToken: Token)).Value.Value);
        Assert.Equal([401, 429, 429, 200], server.Requests.Select(request => request.Status));
        Assert.Equal(0, server.Faults.Left);
    }

    [Fact]
    public async Task Fault_Forbidden_NamesItsReason()
    {
        await using var server = await KeyVaultServer.StartAsync();
        server.Faults.Inject(HttpFault.Answer(403), "GET", "/secrets");
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Connect(server).GetSecretAsync("n", cancellationToken: Token));
        Assert.Contains("ForbiddenByRbac", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_Resets_HappenBeforeOrAfterTheCommit()
    {
        await using var server = await KeyVaultServer.StartAsync();
        var client = Connect(server, retries: 0);
        server.Faults.Inject(HttpFault.Reset, "PUT");
        await Assert.ThrowsAsync<RequestFailedException>(() => client.SetSecretAsync("n", "v", Token));
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestFailedException>(() => client.GetSecretAsync("n", cancellationToken: Token))).Status);

        server.Faults.Inject(HttpFault.ResetAfterCommit, "PUT");
        await Assert.ThrowsAsync<RequestFailedException>(() => client.SetSecretAsync("n", "v", Token));
        Assert.Equal("v", (await client.GetSecretAsync("n", cancellationToken: Token)).Value.Value);
    }

    [Fact]
    public async Task Fault_Stall_LastsUntilTheClientGoes()
    {
        await using var server = await KeyVaultServer.StartAsync();
        server.Faults.Inject(HttpFault.Stall);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = Connect(server).GetSecretAsync("n", cancellationToken: giveUp.Token);
        await server.Faults.Stalled.WaitAsync(TimeSpan.FromSeconds(30), Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static SecretClient Connect(KeyVaultServer server, string? token = null, int retries = 3)
    {
        var options = new SecretClientOptions
        {
            Transport = new HttpClientTransport(new HttpClient(server.CreateHandler())),
            DisableChallengeResourceVerification = true,
        };
        options.Retry.MaxRetries = retries;
        options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        return new SecretClient(server.VaultUri, new FixedCredential(token ?? server.Token), options);
    }

    /// <summary>Gives one token, for the challenge's resource only.</summary>
    private sealed class FixedCredential(string token) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Assert.Equal(["https://vault.azure.net/.default"], requestContext.Scopes);
            return new AccessToken(token, DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
