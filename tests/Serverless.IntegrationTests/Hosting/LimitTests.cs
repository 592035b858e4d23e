using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using static Serverless.IntegrationTests.Wire.WireAnswer;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>dapr-http-api.md §1.5, §12: the limits are settings.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData("16Ki", 16 << 10)]
    [InlineData("1M", 1_000_000)]
    public async Task MaxBodySize_Given_IsTheLimit(string size, int bytes)
    {
        await using var app = await StartAsync("--max-body-size", size);

        await WireCheck.SendAllAsync(
            app.Port,
            WireStep.SaveItems(Item(bytes - 200), Empty()),
            WireStep.SaveItems(Item(bytes + 1), new WireAnswer(400) { ErrorCode = "ERR_MALFORMED_REQUEST", MessagePrefix = "" }),
            WireStep.Put("/v1.0/metadata/k", new string('x', bytes + 1), new WireAnswer(400) { ErrorCode = "ERR_BODY_READ", MessagePrefix = "" }));
    }

    [Fact]
    public async Task MaxBodySize_Zero_NoLimit()
    {
        await using var app = await StartAsync("--max-body-size", "0");

        await WireCheck.SendAllAsync(app.Port, WireStep.SaveItems(Item(6 << 20), Empty()), WireStep.Read(new WireAnswer(200)));
    }

    [Fact]
    public async Task ReadBufferSize_Given_IsTheHeaderLimit()
    {
        await using var app = await StartAsync("--read-buffer-size", "32Ki");
        var step = WireStep.Get("/v1.0/healthz", Empty()).With("X-Large", new string('v', 20_000));

        await WireCheck.SendAsync(app.Port, step);
    }

    [Fact]
    public async Task AppIdInPrefixAndErrors_IsTheGivenOne()
    {
        await using var app = await AppProcess.StartAsync(new AppSettings { AppId = "orders" }, TestContext.Current.CancellationToken);

        await WireCheck.SendAsync(app.Port, WireStep.Get(
            "/v1.0/state/nosuch/k",
            Rich(400, "ERR_STATE_STORE_NOT_FOUND", "state store nosuch is not found",
                Wire.Tables.StateDetails.App("DAPR_STATE_NOT_FOUND").Replace("\"app\"", "\"orders\"", StringComparison.Ordinal))));
        await WireCheck.SendAsync(app.Port, WireStep.Get("/v1.0/healthz?appid=orders", Empty()));
    }

    private static string Item(int valueLength) => $"[{{\"key\":\"{{k}}\",\"value\":\"{new string('x', valueLength)}\"}}]";

    private static Task<AppProcess> StartAsync(params string[] arguments) =>
        AppProcess.StartAsync(new AppSettings { Arguments = arguments }, TestContext.Current.CancellationToken);
}
