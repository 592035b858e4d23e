using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.HostEmulator.Tests;

public sealed class HandlerSupervisorTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly ScriptRoot _root = new ScriptRoot().WithHttp("one", "v1.0/{*path}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exit200_IsStartedAgain()
    {
        await using var host = await StartAsync();

        await ExitAsync(host, 200);

        Assert.True(await Eventually.TrueAsync(() => host.Journal.Starts == 2, Limit, Token));
        await host.WaitUntilReadyAsync(Token);
        Assert.Equal(200, (await RawClient.SendAsync(host.Port, new RawRequest("GET", "/v1.0/x"), Token)).Status);
    }

    [Fact]
    public async Task Exit0_IsNeverStartedAgain()
    {
        await using var host = await StartAsync();

        await ExitAsync(host, 0);

        Assert.True(await Eventually.TrueAsync(() => HasEvent(host, "not started again"), Limit, Token));
        Assert.Equal(1, host.Journal.Starts);
        Assert.Equal(500, (await RawClient.SendAsync(host.Port, new RawRequest("GET", "/v1.0/x"), Token)).Status);
    }

    [Fact]
    public async Task ThirdError_StopsTheHost()
    {
        await using var host = await StartAsync();
        for (var round = 1; round <= 3; round++)
        {
            await host.WaitUntilReadyAsync(Token);
            await ExitAsync(host, 1);
            var ended = round;
            Assert.True(await Eventually.TrueAsync(() => host.Journal.ExitCodes.Count == ended, Limit, Token));
        }

        Assert.True(await Eventually.TrueAsync(() => HasEvent(host, "host stopped"), Limit, Token));
        Assert.Equal(3, host.Journal.Starts);
    }

    [Fact]
    public async Task Stop_EndsAHandlerThatIgnoresSigterm()
    {
        await File.AppendAllTextAsync(Path.Combine(_root.Root, "handler.js"), "process.on('SIGTERM', () => {});", Token);
        var host = await StartAsync();
        var handler = host.Handler.Process.Id;
        Assert.True(Directory.Exists($"/proc/{handler}"));

        await host.DisposeAsync();

        Assert.False(Directory.Exists($"/proc/{handler}"));
    }

    [Fact]
    public async Task SlowHandler_IsGivenUpAfterTheInitializationTimeout()
    {
        _root.WithFile("handler.js", "setInterval(() => {}, 1000);");
        await using var host = await _root.StartAsync(
            isForwardOnly: false, Token, ("AzureFunctionsJobHost__customHandler__initializationTimeout", "00:00:00.500"));

        var exception = await Assert.ThrowsAsync<HostException>(() => host.WaitUntilReadyAsync(Token));

        Assert.Contains("not ready within", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoFunctions_HandlerIsNotStarted()
    {
        using var empty = new ScriptRoot();
        await using var host = await empty.StartAsync(isForwardOnly: false, Token);

        var response = await RawClient.SendAsync(host.Port, new RawRequest("GET", "/"), Token);

        Assert.Equal(200, response.Status);
        Assert.Equal(0, host.Journal.Starts);
    }

    [Fact]
    public async Task Homepage_SwitchedOff_Is204()
    {
        using var empty = new ScriptRoot();
        await using var host = await empty.StartAsync(isForwardOnly: false, Token, ("AzureWebJobsDisableHomepage", "true"));

        Assert.Equal(204, (await RawClient.SendAsync(host.Port, new RawRequest("GET", "/"), Token)).Status);
    }

    public void Dispose() => _root.Dispose();

    // The connection breaks under the request: whatever the client sees, the handler is gone.
    private static async Task ExitAsync(FunctionsHost host, int exitCode) =>
        await RawClient.ExchangeAsync(host.Port, new RawRequest("GET", $"/v1.0/exit/{exitCode}").ToBytes("h"), Token);

    private static bool HasEvent(FunctionsHost host, string text) =>
        host.Journal.Events.Any(happened => happened.Contains(text, StringComparison.Ordinal));

    private async Task<FunctionsHost> StartAsync()
    {
        var host = await _root.StartAsync(isForwardOnly: false, Token);
        await host.WaitUntilReadyAsync(Token);
        return host;
    }
}
