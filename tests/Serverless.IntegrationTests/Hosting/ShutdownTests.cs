using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>dapr-http-api.md §1.16 and the end of a standalone process.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Shutdown_Answers204AndEndsWith0()
    {
        await using var app = await StartAsync();

        await WireCheck.SendAsync(app.Port, WireStep.Post("/v1.0/shutdown", "", Empty()));

        Assert.Equal(0, await ExitAsync(app));
    }

    [Fact]
    public async Task Shutdown_Forced_EndsWith1()
    {
        await using var app = await StartAsync();

        await WireCheck.SendAsync(app.Port, WireStep.Post("/v1.0/shutdown", "", Empty()).With("dapr-force-shutdown", "true"));

        Assert.Equal(1, await ExitAsync(app));
    }

    [Fact]
    public async Task Sigterm_EndsWith0AndKeepsTheData()
    {
        using var folder = new TempFolder();
        var settings = new AppSettings { Folder = folder };
        var names = new WireNames { ["store"] = IWireTarget.StoreName, ["k"] = "kept" };
        await using (var app = await AppProcess.StartAsync(settings, TestContext.Current.CancellationToken))
        {
            await WireCheck.SendAsync(app.Port, WireStep.Save("7"), names);
            PosixSignal.Terminate(app.Process.Id);
            Assert.Equal(0, await ExitAsync(app));
        }

        await using var next = await AppProcess.StartAsync(settings, TestContext.Current.CancellationToken);
        await WireCheck.SendAsync(next.Port, WireStep.Read(Bytes("7")), names);
    }

    [Fact]
    public async Task Port_InUse_EndsWithAClearError()
    {
        await using var first = await StartAsync();
        using var folder = new TempFolder();

        await using var second = await AppProcess.LaunchAsync(
            new AppSettings { Folder = folder, Arguments = ["--dapr-http-port", $"{first.Port}"] });

        Assert.NotEqual(0, await ExitAsync(second));
        Assert.True(second.Output.HasLine($"{first.Port}"), second.Output.Text);
        Assert.DoesNotContain("Unhandled exception", second.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_IsNeverWrittenIntoTheApp()
    {
        await using var app = await StartAsync();
        await WireCheck.SendAllAsync(app.Port, WireStep.Save("1"));

        Assert.NotEmpty(Directory.EnumerateFiles(app.Folder.At("data"), "*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.Combine(await PublishedApp.FolderAsync(), ".dapr")));
    }

    private static Task<AppProcess> StartAsync() => AppProcess.StartAsync(new AppSettings(), TestContext.Current.CancellationToken);

    private static async Task<int> ExitAsync(AppProcess app)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        return await app.Process.WaitForExitAsync(limit.Token);
    }
}
