using Serverless.Backends.Faults;
using Serverless.Backends.KeyVault;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureKeyVault;

public sealed class KeyVaultSecretClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private VaultTarget _vault = null!;
    private KeyVaultSecretClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultTarget.StartAsync();
        _client = new KeyVaultSecretClient(_vault.Options);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task Get_LatestAndOlderVersion_AreToldApart()
    {
        var first = _vault.Server.SetSecret("n", "one \" ü\n");
        _vault.Server.SetSecret("n", "two");

        Assert.Equal("two", await _client.GetAsync("n", null, Token));
        Assert.Equal("one \" ü\n", await _client.GetAsync("n", first, Token));
        Assert.Equal("two", await _client.GetAsync("n", null, Token));

        // One challenge, and nothing kept of the values.
        Assert.Equal([401, 200, 200, 200], _vault.Server.Requests.Select(request => request.Status));
        Assert.Equal(["https://vault.azure.net/.default"], _vault.Credential.Scopes);
    }

    [Fact]
    public async Task Get_MissingSecretOrVersion_IsNotFound()
    {
        _vault.Server.SetSecret("n", "v");

        var secret = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("other", null, Token));
        var version = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("n", new string('0', 32), Token));

        Assert.Equal((404, "SecretNotFound"), (secret.Status, secret.Code));
        Assert.Equal(404, version.Status);
        Assert.Contains($"Key Vault get secret 'other' at {_vault.Host}: the service answered 404 SecretNotFound: ", secret.Message, StringComparison.Ordinal);
        Assert.Contains($"(request {secret.RequestId})", secret.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b", null)]
    [InlineData("", null)]
    [InlineData("n", "latest")]
    public async Task Get_ImpossibleNameOrVersion_IsNotEvenAsked(string name, string? version)
    {
        await Assert.ThrowsAsync<FormatException>(() => _client.GetAsync(name, version, Token));

        Assert.Empty(_vault.Server.Requests);
    }

    [Fact]
    public async Task Get_Disabled_SaysSo()
    {
        _vault.Server.SetSecret("n", "v", isEnabled: false);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("n", null, Token));

        Assert.Equal((403, "SecretDisabled"), (fault.Status, fault.Code));
    }

    [Fact]
    public async Task Get_Forbidden_NamesTheInnerCodeAndIsNotRepeated()
    {
        _vault.Faults.Inject(HttpFault.Answer(403), "GET", "/secrets/n");

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("n", null, Token));

        Assert.Equal((403, "ForbiddenByRbac"), (fault.Status, fault.Code));
        Assert.DoesNotContain(_vault.Server.Token, fault.ToString(), StringComparison.Ordinal);
        Assert.Single(_vault.Statuses);
    }

    [Fact]
    public async Task Get_TokenNoLongerAccepted_IsRefused()
    {
        _vault.Server.SetSecret("n", "v");
        await using var closed = await VaultTarget.StartAsync();
        using var client = new KeyVaultSecretClient(closed.Options with { Credential = new VaultCredential("other-token") });

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => client.GetAsync("n", null, Token));

        Assert.Equal(401, fault.Status);
        Assert.DoesNotContain("other-token", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ChallengedAgain_AnswersAgain()
    {
        _vault.Server.SetSecret("n", "v");
        await _client.GetAsync("n", null, Token);
        _vault.Faults.Inject(HttpFault.Answer(401), "GET", "/secrets/n");

        Assert.Equal("v", await _client.GetAsync("n", null, Token));
        Assert.Equal([200, 401, 200], _vault.Statuses);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Get_PassingTrouble_IsRepeated(int status)
    {
        _vault.Server.SetSecret("n", "v");
        _vault.Faults.Inject(HttpFault.Answer(status), "GET", "/secrets/n", times: 2);

        Assert.Equal("v", await _client.GetAsync("n", null, Token));
        Assert.Equal([status, status, 200], _vault.Statuses);
    }

    [Fact]
    public async Task Get_ShortRetryAfter_IsKept()
    {
        _vault.Server.SetSecret("n", "v");
        _vault.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 1), "GET", "/secrets/n");
        var begin = TimeProvider.System.GetTimestamp();

        Assert.Equal("v", await _client.GetAsync("n", null, Token));
        Assert.InRange(TimeProvider.System.GetElapsedTime(begin), TimeSpan.FromSeconds(0.9), Limit);
    }

    [Fact]
    public async Task Get_LongRetryAfter_IsNotWaitedFor()
    {
        _vault.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 3600), "GET", "/secrets/n");

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("n", null, Token));

        Assert.Equal((429, "Throttled"), (fault.Status, fault.Code));
        Assert.Single(_vault.Statuses);
    }

    [Fact]
    public async Task Get_LastingTrouble_IsToldAfterTheRetries()
    {
        _vault.Faults.Inject(HttpFault.Answer(503), "GET", "/secrets/n", times: 9);

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("n", null, Token));

        Assert.Equal(503, fault.Status);
        Assert.Equal(4, _vault.Statuses.Count());
    }

    [Theory]
    [InlineData(HttpFaultKind.Reset)]
    [InlineData(HttpFaultKind.ResetAfterCommit)]
    public async Task Get_ConnectionReset_IsRepeated(HttpFaultKind kind)
    {
        _vault.Server.SetSecret("n", "v");
        _vault.Faults.Inject(new HttpFault(kind), "GET", "/secrets/n");

        Assert.Equal("v", await _client.GetAsync("n", null, Token));
        Assert.Equal([null, 200], _vault.Statuses);
    }

    [Fact]
    public async Task Get_NoAnswer_EndsWithTheTimeout()
    {
        _vault.Faults.Inject(HttpFault.Stall, "GET", "/secrets/n", times: 9);
        using var client = new KeyVaultSecretClient(_vault.Options with { Timeout = TimeSpan.FromSeconds(0.5) });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => client.GetAsync("n", null, Token).WaitAsync(Limit, Token));

        Assert.Equal($"Key Vault get secret 'n' at {_vault.Host}: no answer within 0.5 s", fault.Message);
        Assert.False(fault.IsFateUnknown);
    }

    [Fact]
    public async Task Get_CallerGivesUp_EndsAtOnce()
    {
        _vault.Faults.Inject(HttpFault.Stall, "GET", "/secrets/n");
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = _client.GetAsync("n", null, giveUp.Token);
        await _vault.Faults.Stalled.WaitAsync(Limit, Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Limit, Token));
    }

    [Fact]
    public async Task Get_NobodyListens_SaysSo()
    {
        using var client = new KeyVaultSecretClient(_vault.Options with { Address = new Uri("https://localhost:1"), Transport = null });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => client.GetAsync("n", null, Token).WaitAsync(Limit, Token));

        Assert.StartsWith("Key Vault get secret 'n' at localhost:1: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnreadableAnswer_IsToldWithoutQuotingIt()
    {
        _vault.Server.SetSecret("n", "v");
        _vault.Rewriting.Rewrite = _ => "hidden word";

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => _client.GetAsync("n", null, Token));

        Assert.EndsWith("the answer can't be read", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"value":"v","id":"hidden word"}""")]
    [InlineData("""{"value":"v","id":"https://v/hidden"}""")]
    [InlineData("""{"value":{"hidden":1},"id":"https://v/secrets/n/1"}""")]
    [InlineData("""{"value":"\ud800","id":"https://v/secrets/n/1"}""")]
    public async Task Get_AnswerOfAnotherForm_IsAnEmptyValueOrToldAsAFailure(string body)
    {
        _vault.Server.SetSecret("n", "v");
        _vault.Rewriting.Rewrite = _ => body;

        var fault = await Record.ExceptionAsync(() => _client.GetAsync("n", null, Token));

        Assert.True(fault is null or AzureConnectionException, fault?.ToString());
    }

    [Theory]
    [InlineData("""{"value":[{"id":"no address","attributes":{"enabled":true}}]}""")]
    [InlineData("""{"value":[],"nextLink":"/secrets?it-is-this-page-again"}""")]
    [InlineData("""{"value":{}}""")]
    public async Task List_AnswerOfAnotherForm_IsToldAsAFailure(string body)
    {
        _vault.Rewriting.Rewrite = _ => body;

        var fault = await Record.ExceptionAsync(async () => await _client.ListEnabledAsync(Token).ToListAsync(Token));

        Assert.True(fault is AzureConnectionException, fault?.ToString());
    }

    [Fact]
    public async Task List_SeveralPages_GivesTheEnabledOnes()
    {
        for (var i = 0; i < 60; i++)
        {
            _vault.Server.SetSecret($"s{i:00}", "v", isEnabled: i % 10 != 0);
        }

        var names = await _client.ListEnabledAsync(Token).ToListAsync(Token);

        Assert.Equal(Enumerable.Range(0, 60).Where(i => i % 10 != 0).Select(i => $"s{i:00}"), names);
        Assert.Equal(3, _vault.Server.Requests.Count(request => request is { Path: "/secrets", Status: 200 }));
    }

    [Fact]
    public async Task List_TroubleOnALaterPage_IsRepeated()
    {
        for (var i = 0; i < 30; i++)
        {
            _vault.Server.SetSecret($"s{i:00}", "v");
        }

        await using var names = _client.ListEnabledAsync(Token).GetAsyncEnumerator(Token);
        await names.MoveNextAsync();
        _vault.Faults.Inject(HttpFault.Reset, "GET", "/secrets");
        var count = 1;
        while (await names.MoveNextAsync())
        {
            count++;
        }

        Assert.Equal(30, count);
        Assert.Equal(0, _vault.Faults.Left);
    }

    [Theory]
    [InlineData("https://other.vault.azure.net")]
    [InlineData("http://{vault}")]
    [InlineData("https://{vault}:8443")]
    public async Task List_NextPageElsewhere_IsNotAskedFor(string elsewhere)
    {
        for (var i = 0; i < 30; i++)
        {
            _vault.Server.SetSecret($"s{i:00}", "v");
        }

        _vault.Rewriting.Rewrite = text => text.Replace($"\"nextLink\":\"https://{_vault.Host}", $"\"nextLink\":\"{elsewhere.Replace("{vault}", _vault.Host, StringComparison.Ordinal)}", StringComparison.Ordinal);

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(async () => await _client.ListEnabledAsync(Token).ToListAsync(Token));

        Assert.Contains("it is not the vault", fault.Message, StringComparison.Ordinal);
        Assert.Equal([_vault.Host], _vault.Rewriting.Hosts);
        Assert.Equal(2, _vault.Server.Requests.Count);
    }

    [Theory]
    [InlineData("vault.azure.net")]
    [InlineData("private.example")]
    public async Task Challenge_ForAnotherService_GetsNoToken(string suffix)
    {
        await using var vault = await VaultTarget.StartAsync(new KeyVaultSettings { Resource = "https://management.azure.com" });
        using var client = new KeyVaultSecretClient(vault.Options with { Address = NewAddress(suffix) });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => client.GetAsync("n", null, Token));

        Assert.Contains("management.azure.com", fault.Message, StringComparison.Ordinal);
        Assert.Empty(vault.Credential.Scopes);
        Assert.Empty(vault.Statuses);
    }

    [Fact]
    public async Task Challenge_AtAnAddressOfItsOwn_IsAnsweredWithTheCloudsToken()
    {
        _vault.Server.SetSecret("n", "v");
        using var client = new KeyVaultSecretClient(_vault.Options with { Address = NewAddress("private.example") });

        Assert.Equal("v", await client.GetAsync("n", null, Token));
        Assert.Equal(["https://vault.azure.net/.default"], _vault.Credential.Scopes);
    }

    [Fact]
    public void Options_AsText_AreTheAddress() => Assert.Equal($"https://{_vault.Host}/", _vault.Options.ToString());

    private static Uri NewAddress(string suffix) => new($"https://v{Guid.NewGuid():N}.{suffix}");
}
