using System.Globalization;
using Serverless.IntegrationTests.Backends;
using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.Bindings.Cron;

/// <summary>A container for leases that can't be had refuses the start, and tells no secret.</summary>
public sealed class CronContainerTests(AzuriteFixture fixture) : IClassFixture<AzuriteFixture>
{
    private const string WrongKey = "d3Jvbmcta2V5LXRoYXQtbm9ib2R5LWtub3dz";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_KeyIsRefused_SaysSo()
    {
        await using var app = await LaunchAsync(fixture.Server.BlobPort, WrongKey);

        Assert.Equal(1, await app.Process.WaitForExitAsync(Token));
        Assert.Contains("component 'tick': failed to create container locks: ", app.Output.Text, StringComparison.Ordinal);
        Assert.Contains("403", app.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(WrongKey, app.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NobodyListens_SaysSo()
    {
        await using var app = await LaunchAsync(FreePort.Next(), fixture.Server.Key);

        Assert.Equal(1, await app.Process.WaitForExitAsync(Token));
        Assert.Contains("component 'tick': failed to create container locks: ", app.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Server.Key, app.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ItemsThatExcludeEachOther_SaysSo()
    {
        await using var app = await LaunchAsync(fixture.Server.BlobPort, fixture.Server.Key, ("leaseStore", "statestore"), ("leaseDuration", "5s"));

        Assert.Equal(1, await app.Process.WaitForExitAsync(Token));
        Assert.Contains("metadata 'leaseStore': expected nothing beside leaseContainer; metadata 'leaseDuration': expected whole seconds from 15 to 60", app.Output.Text, StringComparison.Ordinal);
    }

    private Task<AppProcess> LaunchAsync(int port, string key, params (string Name, string Value)[] items) => AppProcess.LaunchAsync(new AppSettings
    {
        Resources = new Dictionary<string, string>
        {
            ["tick.yaml"] = CronInstances.Cron(
                "@daily",
                [
                    ("leaseContainer", "locks"),
                    ("accountName", fixture.Server.Account),
                    ("accountKey", key),
                    ("endpoint", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")),
                    .. items,
                ]),
        },
    });
}
