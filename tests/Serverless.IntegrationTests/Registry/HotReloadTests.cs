using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Registry;

/// <summary>design.md §5: changed files take effect while the process serves.</summary>
public sealed class HotReloadTests : IAsyncLifetime
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);
    private AppProcess? _app;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private AppProcess App => _app!;

    public async ValueTask InitializeAsync() => _app = await AppProcess.StartAsync(
        new AppSettings
        {
            Resources = new Dictionary<string, string>
            {
                ["steady.yaml"] = Resources.InMemoryStore("steady"),
                ["changing.yaml"] = Resources.InMemoryStore("changing"),
            },
        },
        Token);

    public async ValueTask DisposeAsync() => await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Fact]
    public async Task NewFile_ServesWithinTwoSeconds()
    {
        App.Folder.Replace("resources/added.yaml", Resources.InMemoryStore("added"));

        Assert.True(await StatusBecomesAsync("added", 204), App.Output.Text);
    }

    [Fact]
    public async Task DeletedFile_StoreIsGoneWithinTwoSeconds()
    {
        Assert.True(await StatusBecomesAsync("changing", 204));

        File.Delete(App.Folder.At("resources", "changing.yaml"));

        Assert.True(await StatusBecomesAsync("changing", 400), App.Output.Text);
    }

    [Fact]
    public async Task ChangedFile_NewSettingsWithinTwoSecondsInTheSameProcess()
    {
        await WireCheck.SendAsync(App.Port, WireStep.Post("/v1.0/state/changing", """[{"key":"k","value":1}]""", Empty()));

        App.Folder.Replace("resources/changing.yaml", Resources.Component("changing", "state.sqlite", ("connectionString", App.Folder.At("changing.db"))));

        Assert.True(await TypeBecomesAsync("changing", "state.sqlite"), App.Output.Text);
        await WireCheck.SendAsync(App.Port, WireStep.Get("/v1.0/state/changing/k", Empty()));
        Assert.False(App.Process.HasExited);
    }

    [Fact]
    public async Task RenamedComponent_OldNameGoesAndNewComes()
    {
        App.Folder.Replace("resources/changing.yaml", Resources.InMemoryStore("renamed"));

        Assert.True(await StatusBecomesAsync("renamed", 204), App.Output.Text);
        Assert.True(await StatusBecomesAsync("changing", 400), App.Output.Text);
    }

    [Theory]
    [InlineData("a: [unclosed\n")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: changing\nspec:\n  type: state.nosuch\n  version: v1\n")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: changing\nspec:\n  type: state.in-memory\n  version: v1\n  metadata:\n  - name: keyPrefix\n    value: a||b\n")]
    public async Task BadChange_LastGoodStaysAndTheLogSaysWhy(string text)
    {
        await WireCheck.SendAsync(App.Port, WireStep.Post("/v1.0/state/changing", """[{"key":"k","value":1}]""", Empty()));
        var before = App.Output.Lines.Count;

        App.Folder.Replace("resources/changing.yaml", text);

        Assert.True(await Eventually.TrueAsync(() => App.Output.Lines.Skip(before).Any(IsComplaint), Promised, Token), App.Output.Text);
        await WireCheck.SendAsync(App.Port, WireStep.Get("/v1.0/state/changing/k", Bytes("1")));
        await WireCheck.SendAsync(App.Port, WireStep.Get("/v1.0/state/steady/k", Empty()));

        App.Folder.Replace("resources/changing.yaml", Resources.Component("changing", "state.sqlite", ("connectionString", App.Folder.At("mended.db"))));
        Assert.True(await TypeBecomesAsync("changing", "state.sqlite"), App.Output.Text);
    }

    [Fact]
    public async Task DuplicateNameOnReload_LastGoodSetStays()
    {
        await WireCheck.SendAsync(App.Port, WireStep.Post("/v1.0/state/changing", """[{"key":"k","value":1}]""", Empty()));

        App.Folder.Replace("resources/twice.yaml", Resources.InMemoryStore("changing"));

        Assert.True(await Eventually.TrueAsync(() => App.Output.HasLine("duplicate", "changing"), Promised, Token), App.Output.Text);
        await WireCheck.SendAsync(App.Port, WireStep.Get("/v1.0/state/changing/k", Bytes("1")));
        Assert.False(App.Process.HasExited);
    }

    [Fact]
    public async Task ChangesUnderLoad_NoRequestOnAnUntouchedComponentFails()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var client = App.Client();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadSteadyAsync(client, stop.Token), Token)).ToList();

        for (var round = 0; round < 6; round++)
        {
            var type = round % 2 == 0 ? "state.sqlite" : "state.in-memory";
            var text = type == "state.sqlite"
                ? Resources.Component("changing", type, ("connectionString", App.Folder.At($"round{round}.db")))
                : Resources.InMemoryStore("changing");
            App.Folder.Replace("resources/changing.yaml", text);
            Assert.True(await TypeBecomesAsync("changing", type), App.Output.Text);
        }

        await stop.CancelAsync();
        var counts = await Task.WhenAll(readers);
        Assert.All(counts, count => Assert.Equal(0, count.Failed));
        Assert.True(counts.Sum(count => count.Served) > 100, "the load should be a load");
    }

    private static bool IsComplaint(string line) =>
        line.Contains("level=error", StringComparison.OrdinalIgnoreCase) || line.Contains("level=warn", StringComparison.OrdinalIgnoreCase);

    private static async Task<(int Served, int Failed)> ReadSteadyAsync(HttpClient client, CancellationToken stop)
    {
        var (served, failed) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var response = await client.GetAsync(new Uri("v1.0/state/steady/nothing", UriKind.Relative), stop);
                served++;
                failed += response.StatusCode == System.Net.HttpStatusCode.NoContent ? 0 : 1;
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

    private Task<bool> StatusBecomesAsync(string store, int status) => Eventually.TrueAsync(
        async () => (await RawClient.SendAsync(App.Port, new RawRequest("GET", $"/v1.0/state/{store}/nothing"), Token)).Status == status, Promised, Token);

    private Task<bool> TypeBecomesAsync(string component, string type) => Eventually.TrueAsync(
        async () =>
        {
            var metadata = JsonNode.Parse((await RawClient.SendAsync(App.Port, new RawRequest("GET", "/v1.0/metadata"), Token)).Text)!;
            return metadata["components"]!.AsArray().Any(item => (string?)item!["name"] == component && (string?)item["type"] == type);
        },
        Promised,
        Token);
}
