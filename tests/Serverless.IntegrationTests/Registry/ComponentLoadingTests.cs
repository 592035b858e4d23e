using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Registry;

/// <summary>dapr-http-api.md §9.1: which components start, and what stops a start.</summary>
public sealed class ComponentLoadingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task SeveralFilesAndDocuments_AllStoresServe()
    {
        await using var app = await StartAsync(
            ("one.yaml", Resources.InMemoryStore("one")),
            ("two.yml", Resources.InMemoryStore("two") + "\n---\n" + Resources.InMemoryStore("three")),
            ("notes.txt", "not a resource"),
            ("sub/four.yaml", Resources.InMemoryStore("four")));

        foreach (var store in new[] { "one", "two", "three" })
        {
            await WireCheck.SendAsync(app.Port, WireStep.Get($"/v1.0/state/{store}/k", Empty()));
        }

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/four/k", new WireAnswer(400) { ErrorCode = "ERR_STATE_STORE_NOT_FOUND", Details = NotFound, ContentType = Json }));
    }

    [Fact]
    public async Task StoresOfOneType_DoNotShareKeys()
    {
        await using var app = await StartAsync(("a.yaml", Resources.InMemoryStore("one")), ("b.yaml", Resources.InMemoryStore("two")));

        await WireCheck.SendAsync(app.Port, WireStep.Post("/v1.0/state/one", """[{"key":"k","value":1}]""", Empty()));

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/one/k", Bytes("1")));
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/two/k", Empty()));
    }

    [Theory]
    [InlineData("other-kind.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Widget\nmetadata:\n  name: w\n")]
    [InlineData("other-version.yaml", "apiVersion: example.com/v1\nkind: Component\nmetadata:\n  name: w\nspec:\n  type: state.nosuch\n")]
    [InlineData("scalar.yaml", "just text\n")]
    [InlineData("broken.yaml", "a: [unclosed\n")]
    [InlineData("empty.yaml", "")]
    public async Task ForeignOrBrokenDocument_IsSkippedAndTheRestServes(string name, string text)
    {
        await using var app = await StartAsync((name, text), ("store.yaml", Resources.InMemoryStore("one")));

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/one/k", Empty()));
    }

    [Fact]
    public async Task Scopes_WithoutOurAppId_NotLoaded()
    {
        await using var app = await StartAsync(
            ("a.yaml", Resources.InMemoryStore("mine") + "\nscopes:\n- app\n"),
            ("b.yaml", Resources.InMemoryStore("other") + "\nscopes:\n- another\n"));

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/mine/k", Empty()));
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/other/k", new WireAnswer(400)));
    }

    [Fact]
    public async Task DuplicateNames_RefuseToStartAndNameTheComponent()
    {
        var output = await RefusedAsync(("a.yaml", Resources.InMemoryStore("twice")), ("b.yaml", Resources.InMemoryStore("twice")));

        Assert.True(output.HasLine("duplicate", "twice"), output.Text);
    }

    [Fact]
    public async Task UnknownType_RefusesToStartAndNamesItself()
    {
        var output = await RefusedAsync(("a.yaml", Resources.Component("odd", "state.nosuch")));

        Assert.True(output.HasLine("couldn't find state store state.nosuch/v1"), output.Text);
        Assert.True(output.HasLine("odd"), output.Text);
    }

    [Fact]
    public async Task UnknownVersion_RefusesToStart()
    {
        var output = await RefusedAsync(("a.yaml", Resources.InMemoryStore("odd").Replace("version: v1", "version: v9", StringComparison.Ordinal)));

        Assert.True(output.HasLine("state.in-memory/v9"), output.Text);
    }

    [Fact]
    public async Task KeyPrefixWithSeparator_RefusesToStart()
    {
        var output = await RefusedAsync(("a.yaml", Resources.InMemoryStore("odd", ("keyPrefix", "a||b"))));

        Assert.True(output.HasLine("odd", "keyPrefix"), output.Text);
    }

    [Fact]
    public async Task TwoActorStateStores_RefuseToStart()
    {
        var output = await RefusedAsync(
            ("a.yaml", Resources.InMemoryStore("one", ("actorStateStore", "true"))),
            ("b.yaml", Resources.InMemoryStore("two", ("actorStateStore", "true"))));

        Assert.True(output.HasLine("duplicate actor state store", "one", "two"), output.Text);
    }

    [Fact]
    public async Task UnknownTypeWithIgnoreErrors_TheRestServes()
    {
        var ignored = Resources.Component("odd", "state.nosuch").Replace("version: v1", "version: v1\n  ignoreErrors: true", StringComparison.Ordinal);

        await using var app = await StartAsync(("a.yaml", ignored), ("b.yaml", Resources.InMemoryStore("one")));

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/one/k", Empty()));
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/odd/k", new WireAnswer(400)));
        Assert.True(app.Output.HasLine("state.nosuch"), app.Output.Text);
    }

    [Fact]
    public async Task TypeOfOtherCase_IsFound()
    {
        await using var app = await StartAsync(("a.yaml", Resources.Component("one", "State.In-Memory")));

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/one/k", Empty()));
    }

    private static string NotFound => Wire.Tables.StateDetails.App("DAPR_STATE_NOT_FOUND");

    private static Task<AppProcess> StartAsync(params (string Name, string Text)[] files) =>
        AppProcess.StartAsync(Settings(files), TestContext.Current.CancellationToken);

    private static AppSettings Settings((string Name, string Text)[] files) =>
        new() { Resources = files.ToDictionary(file => file.Name, file => file.Text) };

    private static async Task<ProcessOutput> RefusedAsync(params (string Name, string Text)[] files)
    {
        await using var app = await AppProcess.LaunchAsync(Settings(files));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        Assert.NotEqual(0, await app.Process.WaitForExitAsync(limit.Token));
        Assert.DoesNotContain("Unhandled exception", app.Output.Text, StringComparison.Ordinal);
        return app.Output;
    }
}
