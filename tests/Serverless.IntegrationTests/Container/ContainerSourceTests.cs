using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Container;

/// <summary>design.md §5: components that live in a blob container.</summary>
public sealed class ContainerSourceTests(ContainerFixture fixture) : IClassFixture<ContainerFixture>, IAsyncLifetime
{
    private AzuriteContainer _container = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _container = await fixture.CreateContainerAsync();

    public ValueTask DisposeAsync()
    {
        _container.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Container_YamlBlobs_AreLoadedAndOthersNot()
    {
        await PutAsync("one.yaml", Resources.InMemoryStore("one"));
        await PutAsync("two.yml", Resources.InMemoryStore("two"));
        await PutAsync("three.txt", Resources.InMemoryStore("three"));
        await PutAsync("deeper/four.yaml", Resources.InMemoryStore("four"));

        await using var app = await ContainerApp.StartAsync(_container.Address);

        await app.AnswersAsync("one", 204);
        await app.AnswersAsync("two", 204);
        await app.AnswersAsync("three", 400);
        await app.AnswersAsync("four", 400);
    }

    [Theory]
    [InlineData("/team a/prod")]
    [InlineData("/team a/prod/")]
    public async Task Folder_OnlyItsOwnBlobs_AreLoaded(string folder)
    {
        await PutAsync("top.yaml", Resources.InMemoryStore("top"));
        await PutAsync("team a/prod/mine.yaml", Resources.InMemoryStore("mine"));
        await PutAsync("team a/production.yaml", Resources.InMemoryStore("production"));

        await using var app = await ContainerApp.StartAsync(_container.Address + folder);

        await app.AnswersAsync("mine", 204);
        await app.AnswersAsync("top", 400);
        await app.AnswersAsync("production", 400);
    }

    [Fact]
    public async Task Signature_LetsInAndIsNowhereTold()
    {
        await PutAsync("one.yaml", Resources.InMemoryStore("one"));
        var signature = AzuriteSas.ForAccount(fixture.Server.Account, fixture.Server.Key, "rl");

        await using (var app = await ContainerApp.StartAsync($"{_container.Address}?{signature}", new AppSettings { Arguments = ["--log-level", "debug"] }))
        {
            await app.AnswersAsync("one", 204);
            Assert.DoesNotContain("sig=", app.App.Output.Text, StringComparison.Ordinal);
        }

        var tooLittle = AzuriteSas.ForAccount(fixture.Server.Account, fixture.Server.Key, "r", "2020-01-01T00:00:00Z");
        await using var refused = await ContainerApp.LaunchAsync($"{_container.Address}?{tooLittle}");
        await refused.ListensAsync();
        await refused.SourceIsAsync(well: false, "403");
        Assert.DoesNotContain("sig=", refused.App.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_TakeEffectWithinThePollInterval()
    {
        await PutAsync("steady.yaml", Resources.InMemoryStore("steady"));
        await PutAsync("changing.yaml", Resources.InMemoryStore("changing"));
        await using var app = await ContainerApp.StartAsync(_container.Address);

        await PutAsync("added.yaml", Resources.InMemoryStore("added"));
        await app.AnswersAsync("added", 204);

        await PutAsync("changing.yaml", Resources.Component("changing", "state.sqlite", ("connectionString", app.App.Folder.At("changing.db"))));
        await app.HasTypeAsync("changing", "state.sqlite");

        await _container.DeleteAsync("added.yaml", Token);
        await app.AnswersAsync("added", 400);
        await app.AnswersAsync("steady", 204);
    }

    [Fact]
    public async Task BadChanges_LastGoodStays()
    {
        await PutAsync("one.yaml", Resources.InMemoryStore("one"));
        await using var app = await ContainerApp.StartAsync(_container.Address);
        await WireCheck.SendAsync(app.App.Port, WireStep.Post("/v1.0/state/one", """[{"key":"k","value":1}]""", Empty()));

        await PutAsync("one.yaml", "a: [unclosed\n");
        await app.LogsAsync("one.yaml");
        await PutAsync("twice.yaml", Resources.InMemoryStore("one"));
        await PutAsync("one.yaml", Resources.InMemoryStore("one", ("keyPrefix", "none")));
        await app.LogsAsync("duplicate", "one");
        await WireCheck.SendAsync(app.App.Port, WireStep.Get("/v1.0/state/one/k", Bytes("1")));

        await _container.DeleteAsync("twice.yaml", Token);
        await app.LogsAsync("container", "whole again");
    }

    [Fact]
    public async Task Start_NameTwice_IsRefused()
    {
        await PutAsync("one.yaml", Resources.InMemoryStore("one"));
        await PutAsync("two.yaml", Resources.InMemoryStore("one"));

        await using var app = await ContainerApp.LaunchAsync(_container.Address);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, await app.App.Process.WaitForExitAsync(limit.Token));
        Assert.True(app.App.Output.HasLine("duplicate", "one.yaml", "two.yaml"), app.App.Output.Text);
    }

    [Fact]
    public async Task Container_OverADirectory_WinsAndItsDeletionExposesTheDirectory()
    {
        await PutAsync("store.yaml", Resources.InMemoryStore("store"));
        using var folder = new TempFolder();
        var settings = new AppSettings
        {
            Folder = folder,
            Resources = new Dictionary<string, string>
            {
                ["store.yaml"] = Resources.Component("store", "state.sqlite", ("connectionString", folder.At("store.db"))),
                ["local.yaml"] = Resources.InMemoryStore("local"),
            },
        };

        await using var app = await ContainerApp.StartAsync(_container.Address, settings);

        await app.HasTypeAsync("store", "state.in-memory");
        await app.AnswersAsync("local", 204);
        await _container.DeleteAsync("store.yaml", Token);
        await app.HasTypeAsync("store", "state.sqlite");
        await PutAsync("store.yaml", Resources.InMemoryStore("store"));
        await app.HasTypeAsync("store", "state.in-memory");
    }

    [Theory]
    [InlineData("http://example.com/account/components?sig=secret", "use https")]
    [InlineData("https://account.blob.core.windows.net?sig=secret", "expected a container")]
    [InlineData("ftp://account.blob.core.windows.net/components?sig=secret", "not a valid https address")]
    public async Task Address_Unusable_RefusesToStartWithoutQuotingTheSignature(string address, string complaint)
    {
        await using var app = await ContainerApp.LaunchAsync(address);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, await app.App.Process.WaitForExitAsync(limit.Token));
        Assert.True(app.App.Output.HasLine(complaint), app.App.Output.Text);
        Assert.DoesNotContain("secret", app.App.Output.Text, StringComparison.Ordinal);
    }

    private Task PutAsync(string blob, string text) => _container.PutAsync(blob, text, Token);
}
