using System.Net;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Secrets;

/// <summary>Secret stores and scopes that change while the process serves, and what it logs meanwhile.</summary>
public sealed class SecretReloadTests : IAsyncLifetime
{
    private const string Value = "hunter2-must-stay-secret";
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);
    private readonly TempFolder _folder = new();
    private AppProcess? _app;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private AppProcess App => _app!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("first.json", $$"""{"k":"{{Value}}1"}""");
        _folder.Write("second.json", $$"""{"k":"{{Value}}2"}""");
        _app = await AppProcess.StartAsync(
            new AppSettings
            {
                Folder = _folder,
                Resources = new Dictionary<string, string> { ["vault.yaml"] = Vault("first.json") },
                Arguments = ["--enable-api-logging", "--log-level", "debug"],
            },
            Token);
    }

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task Store_ChangedUnderLoad_NoRequestFailsAndTheNewValuesCome()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var client = App.Client();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAsync(client, stop.Token), Token)).ToList();

        for (var round = 0; round < 4; round++)
        {
            var file = round % 2 == 0 ? "second.json" : "first.json";
            App.Folder.Replace("resources/vault.yaml", Vault(file));
            var expected = $$"""{"k":"{{Value}}{{(round % 2 == 0 ? 2 : 1)}}"}""" + "\n";
            Assert.True(await Eventually.TrueAsync(async () => (await GetAsync("vault/k")).Text == expected, Promised, Token), App.Output.Text);
        }

        await stop.CancelAsync();
        var counts = await Task.WhenAll(readers);
        Assert.All(counts, count => Assert.Equal(0, count.Failed));
        Assert.True(counts.Sum(count => count.Served) > 20, "the load should be a load");
    }

    [Fact]
    public async Task Scopes_AddedChangedAndRemoved_HoldLive()
    {
        Assert.Equal(200, (await GetAsync("vault/k")).Status);

        App.Folder.Replace("resources/scopes.yaml", Scopes("deny"));
        Assert.True(await Eventually.TrueAsync(async () => (await GetAsync("vault/k")).Status == 403, Promised, Token), App.Output.Text);
        await WireCheck.SendAsync(App.Port, WireStep.Get("/v1.0/secrets/vault/bulk", Bytes("{}\n")));

        App.Folder.Replace("resources/scopes.yaml", Scopes("allow"));
        Assert.True(await Eventually.TrueAsync(async () => (await GetAsync("vault/k")).Status == 200, Promised, Token), App.Output.Text);

        App.Folder.Replace("resources/scopes.yaml", Scopes("deny"));
        Assert.True(await Eventually.TrueAsync(async () => (await GetAsync("vault/k")).Status == 403, Promised, Token), App.Output.Text);
        File.Delete(App.Folder.At("resources", "scopes.yaml"));
        Assert.True(await Eventually.TrueAsync(async () => (await GetAsync("vault/k")).Status == 200, Promised, Token), App.Output.Text);
    }

    [Fact]
    public async Task SecretKeyRef_OfADeniedSecret_ResolvesAllTheSame()
    {
        App.Folder.Replace("resources/scopes.yaml", Scopes("deny"));
        Assert.True(await Eventually.TrueAsync(async () => (await GetAsync("vault/k")).Status == 403, Promised, Token), App.Output.Text);

        App.Folder.Replace("resources/store.yaml", SecretResources.EncryptedStore("vault", "k", "k").Replace("primaryEncryptionKey", "keyPrefix", StringComparison.Ordinal));

        Assert.True(await Eventually.TrueAsync(
            async () => (await RawClient.SendAsync(App.Port, new RawRequest("GET", "/v1.0/state/encrypted/x"), Token)).Status == 204, Promised, Token), App.Output.Text);
    }

    [Fact]
    public async Task Log_AtDebugWithApiLogging_HasNamesButNoValue()
    {
        Assert.Contains(Value, (await GetAsync("vault/k")).Text, StringComparison.Ordinal);
        Assert.Contains(Value, (await GetAsync("vault/bulk")).Text, StringComparison.Ordinal);
        Assert.Equal(500, (await GetAsync("vault/missing")).Status);
        App.Folder.Replace("second.json", $"{{\"k\": {Value}}}");
        App.Folder.Replace("resources/vault.yaml", Vault("second.json"));

        Assert.True(await Eventually.TrueAsync(() => App.Output.HasLine("invalid JSON at line 1"), Promised, Token), App.Output.Text);
        Assert.True(App.Output.HasLine("HTTP API Called", "GET /v1.0/secrets/vault/k"), App.Output.Text);
        Assert.DoesNotContain(Value, App.Output.Text, StringComparison.Ordinal);
    }

    private static string Vault(string file) => Resources.Component("vault", "secretstores.local.file", ("secretsFile", file));

    private static string Scopes(string access) =>
        $"""
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata:
          name: scopes
        spec:
          secrets:
            scopes:
            - storeName: vault
              defaultAccess: {access}
        """;

    private static async Task<(int Served, int Failed)> ReadAsync(HttpClient client, CancellationToken stop)
    {
        var (served, failed) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var response = await client.GetAsync(new Uri("v1.0/secrets/vault/k", UriKind.Relative), stop);
                served++;
                failed += response.StatusCode == HttpStatusCode.OK ? 0 : 1;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (HttpRequestException)
            {
                failed++;
            }
        }

        return (served, failed);
    }

    private Task<RawResponse> GetAsync(string path) => RawClient.SendAsync(App.Port, new RawRequest("GET", $"/v1.0/secrets/{path}"), Token);
}
