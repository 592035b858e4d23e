using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Serverless.Backends.Azurite;
using Serverless.Backends.Network;
using Serverless.Backends.Node;

namespace Serverless.IntegrationTests.Backends;

public sealed class AzuriteServerTests : IDisposable
{
    private static readonly Dictionary<string, string> None = [];
    private readonly AzuriteRequests _requests = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _requests.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restart_OnlyWithLocation_KeepsData(bool isPersistent)
    {
        using var folder = new TempFolder();
        await using var server = await AzuriteServer.StartAsync(new AzuriteSettings { Location = isPersistent ? folder.Root : null }, Token);
        var first = server.Process.Id;
        await _requests.CreateTableAsync(server);
        await server.RestartAsync(Token);
        Assert.NotEqual(first, server.Process.Id);
        Assert.Equal(isPersistent, (await _requests.TablesAsync(server)).Contains("\"Tab\"", StringComparison.Ordinal));
        Assert.Equal(isPersistent, Directory.EnumerateFileSystemEntries(folder.Root).Any());
    }

    [Fact]
    public async Task Start_TwoServers_ShareNothing()
    {
        await using var one = await AzuriteServer.StartAsync(Token);
        await using var two = await AzuriteServer.StartAsync(Token);
        await _requests.CreateTableAsync(one);
        Assert.Equal(6, new HashSet<int> { one.BlobPort, one.QueuePort, one.TablePort, two.BlobPort, two.QueuePort, two.TablePort }.Count);
        Assert.Contains("\"Tab\"", await _requests.TablesAsync(one), StringComparison.Ordinal);
        Assert.DoesNotContain("\"Tab\"", await _requests.TablesAsync(two), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_Other_ReplacesTheDefault()
    {
        await using var server = await AzuriteServer.StartAsync(new AzuriteSettings { Account = "other", Key = "a2V5" }, Token);
        Assert.EndsWith("/other", server.TableEndpoint, StringComparison.Ordinal);
        Assert.Contains("AccountName=other;AccountKey=a2V5;", server.ConnectionString, StringComparison.Ordinal);
        const string date = "Fri, 02 Jan 2026 03:04:05 GMT";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(server.Key), Encoding.UTF8.GetBytes($"{date}\n/other/other/Tables")));
        var headers = new Dictionary<string, string> { ["x-ms-date"] = date, ["Authorization"] = $"SharedKeyLite other:{signature}" };
        var answer = await _requests.GetAsync($"{server.TableEndpoint}/Tables", headers);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var byDefault = $"http://127.0.0.1:{server.TablePort}/{AzuriteSettings.DefaultAccount}/Tables?{AzuriteRequests.AccountSas}";
        Assert.Equal(HttpStatusCode.NotFound, (await _requests.GetAsync(byDefault, None)).Status);
    }

    [Fact]
    public async Task Certificates_BearerToken_IsTakenForItsAudienceOnly()
    {
        using var certificates = new CertificateSet();
        using var requests = new AzuriteRequests(certificates);
        await using var server = await AzuriteServer.StartAsync(new AzuriteSettings { Certificates = certificates }, Token);
        string[] urls = [$"{server.BlobEndpoint}/?comp=list", $"{server.QueueEndpoint}/?comp=list", $"{server.TableEndpoint}/Tables"];
        foreach (var url in urls)
        {
            Assert.StartsWith("https://127.0.0.1:", url, StringComparison.Ordinal);
            var answer = await requests.GetAsync(url, Bearer(AzuriteToken.Create()));
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
            var refusal = await requests.GetAsync(url, Bearer(AzuriteToken.Create("https://vault.azure.net")));
            Assert.Contains("audience", refusal.Text, StringComparison.Ordinal);
        }

        await requests.CreateTableAsync(server);
    }

    [Fact]
    public async Task Requests_Logged_AreSeenOverRestarts()
    {
        await using var server = await AzuriteServer.StartAsync(new AzuriteSettings { IsLogged = true }, Token);
        await _requests.CreateTableAsync(server);
        await _requests.GetAsync($"{server.BlobEndpoint}/?comp=list", None);
        await server.RestartAsync(Token);
        await _requests.GetAsync($"{server.QueueEndpoint}/?comp=list", None);
        await Eventually.MustAsync("all requests are in the log", () => Task.FromResult(server.Requests.Count == 3), TimeSpan.FromSeconds(20), Token);
        LoggedRequest[] expected =
        [
            new("Table", "POST", $"/{server.Account}/Tables?{AzuriteRequests.AccountSas}"),
            new("Blob", "GET", $"/{server.Account}/?comp=list"),
            new("Queue", "GET", $"/{server.Account}/?comp=list"),
        ];
        Assert.Equal(expected, server.Requests);
    }

    [Fact]
    public async Task Kill_Server_RefusesConnections()
    {
        await using var server = await AzuriteServer.StartAsync(Token);
        await server.KillAsync(Token);
        await Assert.ThrowsAsync<HttpRequestException>(() => _requests.TablesAsync(server));
        await server.StartAgainAsync(Token);
        Assert.StartsWith("{", await _requests.TablesAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_PausedServer_LeavesNoProcessBehind()
    {
        var server = await AzuriteServer.StartAsync(Token);
        var id = server.Process.Id;
        server.Pause();
        await server.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task Start_BadLocation_SaysWhy()
    {
        using var folder = new TempFolder();
        var file = folder.Write("file", "");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => AzuriteServer.StartAsync(new AzuriteSettings { Location = file }, Token));
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NodeFolder_NotInstalled_SaysWhatInstallsIt()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => NodeFolder.Start("no-such-folder", "x.js", [], None));
        Assert.Equal("the packages of tests/no-such-folder are not installed; tests/run installs them", failure.Message);
    }

    private static Dictionary<string, string> Bearer(string token) => new() { ["Authorization"] = new AuthenticationHeaderValue("Bearer", token).ToString() };
}
