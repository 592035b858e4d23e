using System.Collections.ObjectModel;
using Serverless.Backends.Faults;
using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Secrets;
using Serverless.Components.Secrets.AzureKeyVault;
using Serverless.Tests.Clients.AzureKeyVault;

namespace Serverless.Tests.Components.Secrets.AzureKeyVault;

public sealed class AzureKeyVaultSecretStoreTests : IAsyncLifetime
{
    private static readonly ReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;
    private VaultTarget _vault = null!;
    private AzureKeyVaultSecretStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultTarget.StartAsync();
        _store = new AzureKeyVaultSecretStore(new KeyVaultSecretClient(_vault.Options));
        await _store.InitializeAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task Initialize_Store_AsksNobodyAndHasNoCapabilities()
    {
        await _store.InitializeAsync(Token);

        Assert.Empty(_vault.Server.Requests);
        Assert.Empty(_store.Capabilities);
    }

    [Fact]
    public async Task Get_WithAndWithoutVersion_GivesItsNameAndValue()
    {
        var first = _vault.Server.SetSecret("Name", "one");
        _vault.Server.SetSecret("Name", "");

        Assert.Equal(new Dictionary<string, string> { ["Name"] = "" }, await _store.GetAsync("Name", None, Token));
        Assert.Equal(new Dictionary<string, string> { ["Name"] = "one" }, await _store.GetAsync("Name", With("version_id", first), Token));
        Assert.Equal(new Dictionary<string, string> { ["Name"] = "" }, await _store.GetAsync("Name", With("version_id", ""), Token));

        // Names are without case there, and what was asked for is what is answered.
        Assert.Equal(new Dictionary<string, string> { ["NAME"] = "one" }, await _store.GetAsync("NAME", With("version_id", first), Token));
        Assert.Equal("", (await _store.GetAsync("Name", With("other", first), Token))!["Name"]);
    }

    [Fact]
    public async Task Get_Missing_IsNotFoundInTheVaultsWords()
    {
        var fault = await Assert.ThrowsAsync<SecretNotFoundException>(async () => await _store.GetAsync("absent", None, Token));

        Assert.Contains("404 SecretNotFound: A secret with (name/id) absent was not found in this key vault.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Refused_IsNoMissingSecret()
    {
        _vault.Faults.Inject(HttpFault.Answer(403), "GET", "/secrets/n");

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await _store.GetAsync("n", None, Token));

        Assert.Contains("403 ForbiddenByRbac", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ImpossibleName_SaysWhatNamesAre()
    {
        var fault = await Assert.ThrowsAsync<FormatException>(async () => await _store.GetAsync("a_b", None, Token));

        Assert.Equal("'a_b' can't be a name in Key Vault: 1 to 127 letters, digits and hyphens", fault.Message);
    }

    [Fact]
    public async Task GetAll_SeveralPages_GivesAllThatAreEnabled()
    {
        for (var i = 0; i < 60; i++)
        {
            _vault.Server.SetSecret($"s{i:00}", $"v{i}", isEnabled: i != 7);
        }

        var all = await _store.GetAllAsync(None, Token);

        Assert.Equal(Enumerable.Range(0, 60).Where(i => i != 7).Select(i => $"s{i:00}"), all.Keys);
        Assert.All(all, entry => Assert.Equal([new(entry.Key, $"v{int.Parse(entry.Key[1..], null)}")], entry.Value));
    }

    [Fact]
    public async Task GetAll_EmptyVault_IsEmpty() => Assert.Empty(await _store.GetAllAsync(None, Token));

    [Theory]
    [InlineData("3", 3)]
    [InlineData("27", 27)]
    [InlineData("100", 30)]
    [InlineData("0", 30)]
    [InlineData("-1", 30)]
    [InlineData("", 30)]
    public async Task GetAll_MaxResults_AreTheMost(string maxResults, int expected)
    {
        for (var i = 0; i < 30; i++)
        {
            _vault.Server.SetSecret($"s{i:00}", "v");
        }

        Assert.Equal(expected, (await _store.GetAllAsync(With("maxresults", maxResults), Token)).Count);
        Assert.Equal(expected > 25 ? 2 : 1, _vault.Server.Requests.Count(request => request is { Path: "/secrets", Status: 200 }));
    }

    [Fact]
    public async Task GetAll_MaxResultsThatAreNoNumber_IsRefused() =>
        await Assert.ThrowsAsync<FormatException>(async () => await _store.GetAllAsync(With("maxresults", "many"), Token));

    [Theory]
    [InlineData(404, "SecretNotFound", null)]
    [InlineData(403, "Forbidden", "SecretDisabled")]
    public async Task GetAll_OneGoneMeanwhile_IsLeftOut(int status, string code, string? innerCode)
    {
        _vault.Server.SetSecret("a", "1");
        _vault.Server.SetSecret("b", "2");
        _vault.Server.SetSecret("c", "3");
        _vault.Faults.Inject(HttpFault.Answer(status, code, innerCode), "GET", "/secrets/b");

        Assert.Equal(["a", "c"], (await _store.GetAllAsync(None, Token)).Keys);
    }

    [Fact]
    public async Task GetAll_OneRefused_FailsWithItsReason()
    {
        for (var i = 0; i < 20; i++)
        {
            _vault.Server.SetSecret($"s{i:00}", $"hidden{i}");
        }

        _vault.Faults.Inject(HttpFault.Answer(403), "GET", "/secrets/s11");

        var fault = await Assert.ThrowsAsync<AzureServiceException>(async () => await _store.GetAllAsync(None, Token));

        Assert.Contains("get secret 's11'", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAll_CallerGivesUp_Ends()
    {
        _vault.Server.SetSecret("a", "1");
        _vault.Faults.Inject(HttpFault.Stall, "GET", "/secrets/a");
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = _store.GetAllAsync(None, giveUp.Token).AsTask();
        await _vault.Faults.Stalled.WaitAsync(TimeSpan.FromSeconds(30), Token);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(30), Token));
    }

    private static Dictionary<string, string> With(string name, string value) => new() { [name] = value };
}
