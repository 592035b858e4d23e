using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Registry;

/// <summary>design.md §4, §5: where components come from.</summary>
public sealed class SourceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoResourcesPaths_AreOneSource()
    {
        using var folder = new TempFolder();
        folder.Write("more/two.yaml", Resources.InMemoryStore("two"));

        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Folder = folder,
                Resources = new Dictionary<string, string> { ["one.yaml"] = Resources.InMemoryStore("one") },
                Arguments = ["--resources-path", folder.At("more")],
            },
            Token);

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/one/k", Empty()));
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/two/k", Empty()));
    }

    [Fact]
    public async Task SameNameInTwoResourcesPaths_RefusesToStart()
    {
        using var folder = new TempFolder();
        folder.Write("more/two.yaml", Resources.InMemoryStore("one"));

        await using var app = await AppProcess.LaunchAsync(new AppSettings
        {
            Folder = folder,
            Resources = new Dictionary<string, string> { ["one.yaml"] = Resources.InMemoryStore("one") },
            Arguments = ["--resources-path", folder.At("more")],
        });

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, await app.Process.WaitForExitAsync(limit.Token));
        Assert.True(app.Output.HasLine("duplicate", "one"), app.Output.Text);
    }

    [Fact]
    public async Task ComponentsFolderOfTheWorkingDirectory_IsTheDefault()
    {
        using var folder = new TempFolder();
        folder.Write("components/mine.yaml", Resources.InMemoryStore("mine"));

        await using var app = await AppProcess.StartAsync(new AppSettings { Folder = folder }, Token);

        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/state/mine/k", Empty()));
    }

    [Fact]
    public async Task ResourcesPath_ThatIsMissing_RefusesOrSaysSo()
    {
        using var folder = new TempFolder();

        await using var app = await AppProcess.LaunchAsync(new AppSettings { Folder = folder, Arguments = ["--resources-path", folder.At("nowhere")] });

        Assert.True(await Eventually.TrueAsync(() => app.Output.HasLine("nowhere"), TimeSpan.FromSeconds(20), Token), app.Output.Text);
    }

    [Fact]
    public async Task BlockedSource_IsServedWithout_AndHoldsUpNoEnd()
    {
        using var folder = new TempFolder();
        folder.Write("components/mine.yaml", Resources.InMemoryStore("mine"));
        await using (var pipe = ChildProcess.Start("mkfifo", [folder.At("components", "blocked.yaml")], new Dictionary<string, string>(), folder.Root))
        {
            Assert.Equal(0, await pipe.WaitForExitAsync(Token));
        }

        await using var app = await AppProcess.LaunchAsync(new AppSettings { Folder = folder, Arguments = ["--startup-timeout", "1s"] });
        Assert.True(await Eventually.TrueAsync(() => app.Output.Text.Contains("listening", StringComparison.Ordinal), TimeSpan.FromSeconds(20), Token), app.Output.Text);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(4));
        Assert.Equal(0, await app.Process.TerminateAsync(limit.Token));
    }
}
