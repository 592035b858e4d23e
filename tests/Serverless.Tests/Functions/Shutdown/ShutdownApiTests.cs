using Serverless.Functions.Hosting;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Functions.Shutdown;

public sealed class ShutdownApiTests
{
    [Theory]
    [InlineData(false, "X: y", 0)]
    [InlineData(false, "dapr-force-shutdown: false", 0)]
    [InlineData(false, "dapr-force-shutdown: true", 1)]
    [InlineData(false, "dapr-force-shutdown: TRUE", 1)]
    [InlineData(true, "X: y", 0)]
    [InlineData(true, "Dapr-Force-Shutdown: True", 1)]
    public async Task Shutdown_AnswersFirstAndThenStops(bool underHost, string header, int exitCode)
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { UnderHost = underHost, ApiToken = "t" });
        var stopped = new TaskCompletionSource();
        await using var registration = server.Lifetime.Stopping.Register(() => stopped.TrySetResult());
        var response = await server.SendAsync("POST", "/v1.0/shutdown", null, header, "dapr-api-token: t");
        Assert.Equal((204, ""), (response.Status, response.Body));
        await stopped.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(exitCode, server.Lifetime.ExitCode);
        Assert.Equal(header.EndsWith("true", StringComparison.OrdinalIgnoreCase), server.Lifetime.Aborting.IsCancellationRequested);
    }

    [Fact]
    public async Task Shutdown_UnderHostWithoutToken_Is403()
    {
        await using var server = await ApiServer.StartAsync(new RuntimeOptions { UnderHost = true });
        var response = await server.SendAsync("POST", "/v1.0/shutdown");
        Assert.Equal(403, response.Status);
        Assert.StartsWith("{\"errorCode\":\"ERR_PERMISSION_DENIED\"", response.Body, StringComparison.Ordinal);
        Assert.False(server.Lifetime.Stopping.IsCancellationRequested);
    }
}
