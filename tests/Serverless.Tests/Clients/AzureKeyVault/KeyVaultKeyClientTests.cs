using System.Security.Cryptography;
using Serverless.Backends.Faults;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureKeyVault.Keys;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureKeyVault;

public sealed class KeyVaultKeyClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly KeyCreation P256 = new() { KeyType = "EC", Curve = "P-256" };
    private VaultTarget _vault = null!;
    private KeyVaultKeyClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string?, int?> Algorithms { get; } = new()
    {
        { "ES256", "P-256", null },
        { "ES384", "P-384", null },
        { "ES512", "P-521", null },
        { "RS256", null, 2048 },
        { "RS384", null, 2048 },
        { "RS512", null, 3072 },
        { "PS256", null, 2048 },
        { "PS384", null, 2048 },
        { "PS512", null, 2048 },
    };

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultTarget.StartAsync();
        _client = new KeyVaultKeyClient(_vault.Options);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _vault.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Sign_EachAlgorithm_IsVerifiedHereAndThere(string name, string? curve, int? size)
    {
        var algorithm = Find(name);
        var created = await _client.CreateAsync("n", new KeyCreation { KeyType = curve is null ? "RSA" : "EC", Curve = curve, KeySize = size, Operations = ["sign", "verify"] }, Token);
        var version = KeyVaultId.Parse(created.Key.Id).Version!;
        var digest = RandomNumberGenerator.GetBytes(algorithm.DigestLength);
        var other = RandomNumberGenerator.GetBytes(algorithm.DigestLength);

        var signature = await _client.SignAsync("n", version, algorithm, digest, Token);

        var key = (await _client.GetAsync("n", version, Token))!.Key;
        Assert.Equal(created.Key.Id, signature.KeyId);
        Assert.Equal(["sign", "verify"], key.Operations);
        Assert.True(key.Verify(algorithm, digest, signature.Value));
        Assert.False(key.Verify(algorithm, other, signature.Value));
        Assert.True(await _client.VerifyAsync("n", version, algorithm, digest, signature.Value, Token));
        Assert.False(await _client.VerifyAsync("n", version, algorithm, other, signature.Value, Token));
    }

    [Fact]
    public async Task Request_First_CarriesItsTokenAtOnce()
    {
        Assert.Null(await _client.GetAsync("n", null, Token));

        Assert.Equal([404], _vault.Server.Requests.Select(request => request.Status));
        Assert.Equal(["https://vault.azure.net/.default"], _vault.Credential.Scopes);
    }

    [Fact]
    public async Task Versions_SeveralPages_AreAllListed()
    {
        var ids = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            ids.Add((await _client.CreateAsync("n", P256, Token)).Key.Id);
        }

        var listed = await _client.ListVersionsAsync("n", Token).ToListAsync(Token);

        Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Select(item => item.Id).Order(StringComparer.Ordinal));
        Assert.All(listed, item => Assert.True(item is { Managed: false, Attributes: { Enabled: true, Created: not null } }));
        Assert.Equal(ids[^1], (await _client.GetAsync("n", null, Token))!.Key.Id);
    }

    [Theory]
    [InlineData("https://other.vault.azure.net")]
    [InlineData("http://{vault}")]
    [InlineData("https://{vault}:8443")]
    public async Task Versions_NextPageElsewhere_GetsNoToken(string elsewhere)
    {
        await _client.CreateAsync("n", P256, Token);
        var next = $"{elsewhere.Replace("{vault}", _vault.Host, StringComparison.Ordinal)}/keys/n/versions?api-version=7.4";
        _vault.Rewriting.Rewrite = text => text.Replace("\"nextLink\":null", $"\"nextLink\":\"{next}\"", StringComparison.Ordinal);

        await Assert.ThrowsAsync<AzureConnectionException>(async () => await _client.ListVersionsAsync("n", Token).ToListAsync(Token));

        Assert.Equal([_vault.Host], _vault.Rewriting.Hosts);
        Assert.Equal(2, _vault.Server.Requests.Count);
    }

    [Fact]
    public async Task Sign_AlgorithmOfAnotherKind_IsRefusedThereAndHere()
    {
        var key = (await _client.CreateAsync("n", P256, Token)).Key;
        var version = KeyVaultId.Parse(key.Id).Version!;

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.SignAsync("n", version, KeySignatureAlgorithm.RS256, new byte[32], Token));

        Assert.Equal((400, "BadParameter"), (fault.Status, fault.Code));
        Assert.StartsWith($"Key Vault sign with key 'n' at {_vault.Host}: the service answered 400 BadParameter", fault.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => key.Verify(KeySignatureAlgorithm.RS256, new byte[32], new byte[256]));
    }

    [Fact]
    public async Task Sign_PassingTrouble_IsRepeated()
    {
        var version = await CreateAsync();
        _vault.Faults.Inject(HttpFault.ResetAfterCommit, "POST", "/keys/n");
        _vault.Faults.Inject(HttpFault.TooManyRequests(retryAfter: 0), "POST", "/keys/n");
        _vault.Faults.Inject(HttpFault.Answer(500), "POST", "/keys/n");

        Assert.Equal(64, (await _client.SignAsync("n", version, KeySignatureAlgorithm.ES256, new byte[32], Token)).Value.Length);
        Assert.Equal([200, null, 429, 500, 200], _vault.Statuses);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Create_RefusedAsBusy_IsRepeated(int status)
    {
        _vault.Faults.Inject(HttpFault.Answer(status), "POST", "/keys/n");

        await CreateAsync();

        Assert.Equal([status, 200], _vault.Statuses);
        Assert.Single(await _client.ListVersionsAsync("n", Token).ToListAsync(Token));
    }

    [Theory]
    [InlineData(HttpFaultKind.ResetAfterCommit, 1)]
    [InlineData(HttpFaultKind.Reset, 0)]
    public async Task Create_ConnectionReset_IsInDoubtAndNotDoubled(HttpFaultKind kind, int versions)
    {
        await _client.CreateAsync("other", P256, Token);
        _vault.Faults.Inject(new HttpFault(kind), "POST", "/keys/n");

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(CreateAsync);

        Assert.True(fault.IsFateUnknown);
        Assert.EndsWith("; whether it was executed is unknown", fault.Message, StringComparison.Ordinal);
        Assert.Equal([200, null], _vault.Statuses);
        Assert.Equal(versions == 1, await _client.GetAsync("n", null, Token) is not null);
        if (versions == 1)
        {
            Assert.Single(await _client.ListVersionsAsync("n", Token).ToListAsync(Token));
        }
    }

    [Fact]
    public async Task Create_ServerError_IsNotRepeated()
    {
        _vault.Faults.Inject(HttpFault.Answer(500), "POST", "/keys/n");

        await Assert.ThrowsAsync<AzureServiceException>(CreateAsync);

        Assert.Single(_vault.Statuses);
    }

    [Fact]
    public async Task Create_NoAnswer_EndsWithTheTimeout()
    {
        _vault.Faults.Inject(HttpFault.Stall, "POST", "/keys/n");
        using var client = new KeyVaultKeyClient(_vault.Options with { Timeout = TimeSpan.FromSeconds(0.5) });

        var fault = await Assert.ThrowsAsync<AzureConnectionException>(() => client.CreateAsync("n", P256, Token).WaitAsync(Limit, Token));

        Assert.Contains("no answer within 0.5 s", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.IsFateUnknown);
    }

    [Fact]
    public async Task Get_TokenRefused_SaysSoWithoutIt()
    {
        using var client = new KeyVaultKeyClient(_vault.Options with { Credential = new VaultCredential("hidden-token") });

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => client.GetAsync("n", null, Token));

        Assert.Equal((401, "Unauthorized"), (fault.Status, fault.Code));
        Assert.DoesNotContain("hidden-token", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnreadableAnswer_IsToldWithoutQuotingIt()
    {
        await CreateAsync();
        _vault.Rewriting.Rewrite = _ => "{\"key\":{\"kid\":\"hidden\"";

        var fault = await Assert.ThrowsAsync<AzureServiceException>(() => _client.GetAsync("n", null, Token));

        Assert.Contains("the service answered 200: the answer can't be read", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.ToString(), StringComparison.Ordinal);
    }

    private static KeySignatureAlgorithm Find(string name) => (KeySignatureAlgorithm)typeof(KeySignatureAlgorithm).GetProperty(name)!.GetValue(null)!;

    private async Task<string> CreateAsync() => KeyVaultId.Parse((await _client.CreateAsync("n", P256, Token)).Key.Id).Version!;
}
