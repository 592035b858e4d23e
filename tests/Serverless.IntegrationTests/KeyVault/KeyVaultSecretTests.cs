using System.Net;
using System.Text.Json.Nodes;
using Serverless.Backends.Faults;
using Serverless.Backends.Redis;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.KeyVault;

/// <summary>The app on a vault over https, with tokens of Entra.</summary>
public sealed class KeyVaultSecretTests : IAsyncLifetime
{
    private const string Value = "hunter2-must-stay-secret";
    private KeyVaultApp _servers = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _servers = await KeyVaultApp.StartAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    [Fact]
    public async Task SecretKeyRef_FileVaultStore_ResolveOneAfterTheOther()
    {
        await using var redis = await RedisServer.StartAsync(new RedisServerSettings { Password = Value }, Token);
        _servers.Vault.SetSecret("redis-password", Value);

        await using var app = await _servers.StartAppAsync(null, ("aa-store.yaml", Redis(redis.Address, "redis-password")));

        await WireCheck.SendAllAsync(
            app.Port,
            WireStep.Post("/v1.0/state/store", """[{"key":"k","value":1}]""", Empty()),
            WireStep.Get("/v1.0/state/store/k", Bytes("1")));
        var request = Assert.Single(_servers.Tokens.TokenRequests);
        Assert.Equal((_servers.Tokens.ClientId, _servers.Tokens.ClientSecret), (request["client_id"], request["client_secret"]));
        Assert.StartsWith("https://vault.azure.net/.default", request["scope"], StringComparison.Ordinal);
        _servers.AssertNoSecret(app, Value);
    }

    [Fact]
    public async Task SecretKeyRef_MissingInTheVault_NamesStoreAndSecret()
    {
        var yaml = Redis("127.0.0.1:1", "absent").Replace("  version: v1", "  version: v1\n  ignoreErrors: true", StringComparison.Ordinal);

        await using var app = await _servers.StartAppAsync(null, ("aa-store.yaml", yaml));

        Assert.True(app.Output.HasLine("metadata 'redisPassword': secret store 'vault' has no secret 'absent'"), app.Output.Text);
    }

    [Fact]
    public async Task Secrets_OfTheApi_AreTheVaults()
    {
        var first = _servers.Vault.SetSecret("n", $"<{Value}> \" ü");
        _servers.Vault.SetSecret("n", "second");
        _servers.Vault.SetSecret("off", Value, isEnabled: false);
        await using var app = await _servers.StartAppAsync();

        await WireCheck.SendAllAsync(
            app.Port,
            WireStep.Get("/v1.0/secrets/vault/n", Bytes("""{"n":"second"}""" + "\n")),
            WireStep.Get($"/v1.0/secrets/vault/n?metadata.version_id={first}", Bytes($$"""{"n":"\u003c{{Value}}\u003e \" ü"}""" + "\n")),
            WireStep.Get("/v1.0/secrets/vault/bulk", Bytes("""{"n":{"n":"second"}}""" + "\n")),
            WireStep.Get("/v1.0/secrets/vault/a_b", Error(
                500,
                "ERR_SECRET_GET",
                "failed getting secret with key a_b from secret store vault: 'a_b' can't be a name in Key Vault: 1 to 127 letters, digits and hyphens")));
        Assert.Contains("the service answered 404 SecretNotFound", await RefusalAsync(app, "absent"), StringComparison.Ordinal);
        Assert.Contains("the service answered 403 SecretDisabled", await RefusalAsync(app, "off"), StringComparison.Ordinal);
        Assert.Contains("expected a whole number", await RefusalAsync(app, "bulk?metadata.maxresults=x"), StringComparison.Ordinal);
        _servers.AssertNoSecret(app, Value);
    }

    [Fact]
    public async Task Bulk_ManySecrets_GivesAllOrTheFirst()
    {
        for (var i = 0; i < 60; i++)
        {
            _servers.Vault.SetSecret($"s{i:00}", $"v{i}");
        }

        await using var app = await _servers.StartAppAsync();
        using var client = app.Client();

        var all = JsonNode.Parse(await client.GetStringAsync(new Uri("v1.0/secrets/vault/bulk", UriKind.Relative), Token))!.AsObject();
        var some = JsonNode.Parse(await client.GetStringAsync(new Uri("v1.0/secrets/vault/bulk?metadata.maxresults=7", UriKind.Relative), Token))!.AsObject();

        Assert.Equal(60, all.Count);
        Assert.All(all, entry => Assert.Equal($$"""{"{{entry.Key}}":"v{{int.Parse(entry.Key[1..], null)}}"}""", entry.Value!.ToJsonString()));
        Assert.Equal(7, some.Count);
    }

    [Fact]
    public async Task Vault_Refusing_IsToldUntilItAgrees()
    {
        _servers.Vault.SetSecret("n", Value);
        _servers.Vault.Faults.Inject(HttpFault.Answer(403), "GET", "/secrets/n");
        _servers.Vault.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 3600), "GET", "/secrets/n");
        _servers.Vault.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 0), "GET", "/secrets/n");
        _servers.Vault.Faults.Inject(HttpFault.Reset, "GET", "/secrets/n");
        await using var app = await _servers.StartAppAsync();

        Assert.Contains("the service answered 403 ForbiddenByRbac", await RefusalAsync(app, "n"), StringComparison.Ordinal);
        Assert.Contains("the service answered 429 Throttled", await RefusalAsync(app, "n"), StringComparison.Ordinal);
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/secrets/vault/n", Bytes($$"""{"n":"{{Value}}"}""" + "\n")));
        Assert.Equal(0, _servers.Vault.Faults.Left);
        _servers.AssertNoSecret(app, Value);
    }

    [Fact]
    public async Task Application_WithAWrongSecret_IsToldByTheFirstRead()
    {
        const string wrong = "wrong-but-secret";

        await using var app = await _servers.StartAppAsync(wrong);

        Assert.Contains($"at {_servers.Authority}: client secret: ", await RefusalAsync(app, "n"), StringComparison.Ordinal);
        Assert.DoesNotContain(_servers.Vault.Requests, request => request.IsAuthorized);
        _servers.AssertNoSecret(app, wrong);
    }

    [Fact]
    public async Task Client_OfMicrosoft_IsLoadedByTheFirstVault()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the files a process has mapped are told by Linux");
        await using var app = await _servers.StartAppAsync();

        Assert.Contains("/Azure.Security.KeyVault.Secrets.dll", await File.ReadAllTextAsync($"/proc/{app.Process.Id}/maps", Token), StringComparison.Ordinal);
        Assert.Empty(_servers.Vault.Requests);
    }

    /// <summary>The message of a read that fails.</summary>
    private static async Task<string> RefusalAsync(AppProcess app, string secret)
    {
        using var client = app.Client();
        using var answer = await client.GetAsync(new Uri($"v1.0/secrets/vault/{secret}", UriKind.Relative), Token);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
        Assert.Equal((HttpStatusCode.InternalServerError, "ERR_SECRET_GET"), (answer.StatusCode, body["errorCode"]!.ToString()));
        return body["message"]!.ToString();
    }

    private static string Redis(string address, string secret) =>
        $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: store
        spec:
          type: state.redis
          version: v1
          metadata:
          - name: redisHost
            value: {address}
          - name: redisPassword
            secretKeyRef:
              name: {secret}
        auth:
          secretStore: vault
        """;
}
