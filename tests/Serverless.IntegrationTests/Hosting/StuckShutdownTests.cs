using Serverless.IntegrationTests.Durability;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>A component that waits for 40 s does not keep the process from ending.</summary>
public sealed class StuckShutdownTests : IDisposable
{
    private const string Warning = "not everything was closed within";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly RawRequest Save = new("POST", "/v1.0/state/statestore") { Body = """[{"key":"k","value":1}]"""u8.ToArray(), Headers = [("dapr-api-token", "t")] };
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 200)]
    public async Task Forced_EndsAtOnce(bool underHost, int exitCode)
    {
        await using var app = await StartAsync(underHost);
        await using var holder = await ExclusiveLock.BlockWritesAsync(_folder.At("state.db"), Token);
        using var save = await RawClient.ConnectAsync(app.Port, Token);
        await save.SendAsync(Save.ToBytes("h"), Token);

        await WireCheck.SendAsync(app.Port, WireStep.Post("/v1.0/shutdown", "", Empty()).With("dapr-force-shutdown", "TRUE").With("dapr-api-token", "t"));

        Assert.Equal(exitCode, await ExitAsync(app));
        Assert.True(app.Output.HasLine(Warning), app.Output.Text);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 200)]
    public async Task SecondSignal_EndsAtOnce(bool underHost, int exitCode)
    {
        await using var app = await StartAsync(underHost, "--dapr-graceful-shutdown-seconds", "60");
        await using var holder = await ExclusiveLock.BlockWritesAsync(_folder.At("state.db"), Token);
        using var save = await RawClient.ConnectAsync(app.Port, Token);
        await save.SendAsync(Save.ToBytes("h"), Token);

        PosixSignal.Terminate(app.Process.Id);
        Assert.True(await Eventually.TrueAsync(() => app.Output.HasLine("stopping; running requests have"), Limit, Token), app.Output.Text);
        PosixSignal.Terminate(app.Process.Id);

        Assert.Equal(exitCode, await ExitAsync(app));
    }

    [Fact]
    public async Task Graceful_EndsWithinItsLimit()
    {
        await using var app = await StartAsync(underHost: false, "--dapr-graceful-shutdown-seconds", "1");
        await using var holder = await ExclusiveLock.BlockWritesAsync(_folder.At("state.db"), Token);
        using var save = await RawClient.ConnectAsync(app.Port, Token);
        await save.SendAsync(Save.ToBytes("h"), Token);

        PosixSignal.Terminate(app.Process.Id);

        Assert.Equal(0, await ExitAsync(app));
        Assert.True(app.Output.HasLine(Warning, "00:00:02"), app.Output.Text);
    }

    private Task<AppProcess> StartAsync(bool underHost, params string[] arguments)
    {
        var store = Resources.Component("statestore", "state.sqlite", ("connectionString", _folder.At("state.db")), ("busyTimeout", "40s"), ("timeout", "60s"));
        var settings = new AppSettings
        {
            Folder = _folder,
            Resources = new Dictionary<string, string> { ["s.yaml"] = store },
            Arguments = arguments,
            Environment = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "t" },
            IsUnderHost = underHost,
        };
        return AppProcess.StartAsync(settings, Token);
    }

    private static async Task<int> ExitAsync(AppProcess app)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);
        return await app.Process.WaitForExitAsync(limit.Token);
    }
}
