using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;
using Serverless.IntegrationTests.Wire.Tables;

namespace Serverless.IntegrationTests.Hosting;

/// <summary>dapr-http-api.md §1.7.</summary>
public sealed class CorsTests
{
    private const string AllowOrigin = "Access-Control-Allow-Origin";
    private const string Origin = "http://a.example";

    [Fact]
    public async Task Origins_NotConfigured_NoCorsHandling()
    {
        await using var app = await StartAsync();

        await WireCheck.SendAsync(app.Port, Preflight(Origin, RouteTable.NoRoute.WithHeader(AllowOrigin, null)));
        await WireCheck.SendAsync(app.Port, Read(Origin, new WireAnswer(200).WithHeader(AllowOrigin, null)));
    }

    [Fact]
    public async Task Origins_Listed_OnlyTheseAreAllowed()
    {
        await using var app = await StartAsync("--allowed-origins", $"{Origin},http://b.example:8080");

        foreach (var origin in new[] { Origin, "http://b.example:8080" })
        {
            await WireCheck.SendAsync(app.Port, Preflight(origin, new WireAnswer(200).WithHeader(AllowOrigin, origin)));
            await WireCheck.SendAsync(app.Port, Read(origin, new WireAnswer(200).WithHeader(AllowOrigin, origin)));
        }

        await WireCheck.SendAsync(app.Port, Read("http://c.example", new WireAnswer(200).WithHeader(AllowOrigin, null)));
        await WireCheck.SendAsync(app.Port, Read("http://a.example.evil", new WireAnswer(200).WithHeader(AllowOrigin, null)));
    }

    [Fact]
    public async Task Origins_Star_EveryoneIsAllowed()
    {
        await using var app = await StartAsync("--allowed-origins", "*");

        await WireCheck.SendAsync(app.Port, Preflight(Origin, new WireAnswer(200).Having(AllowOrigin)));
        await WireCheck.SendAsync(app.Port, Read(Origin, new WireAnswer(200).Having(AllowOrigin)));
    }

    [Fact]
    public async Task Preflight_WithTokenConfigured_NeedsNone()
    {
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Arguments = ["--allowed-origins", Origin],
                Environment = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "s3cret" },
            },
            TestContext.Current.CancellationToken);

        await WireCheck.SendAsync(app.Port, Preflight(Origin, new WireAnswer(200).WithHeader(AllowOrigin, Origin)));
        await WireCheck.SendAsync(app.Port, Read(Origin, new WireAnswer(401)));
    }

    private static WireStep Preflight(string origin, WireAnswer answer) =>
        WireStep.Send("OPTIONS", "/v1.0/metadata", answer).With("Origin", origin).With("Access-Control-Request-Method", "PUT")
            .With("Access-Control-Request-Headers", "content-type");

    private static WireStep Read(string origin, WireAnswer answer) => WireStep.Get("/v1.0/metadata", answer).With("Origin", origin);

    private static Task<AppProcess> StartAsync(params string[] arguments) =>
        AppProcess.StartAsync(new AppSettings { Arguments = arguments }, TestContext.Current.CancellationToken);
}
