using System.Text;
using Serverless.Backends.Apps;
using Serverless.Backends.TokenServers;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>Event webhooks whose sender shows a token of its identity instead of a secret.</summary>
public sealed class WebhookTokenTests
{
    private const string Path = "/v1.0/events/grid";
    private const string Event = """[{"id":"1","eventType":"made","subject":"s","data":{},"eventTime":"2026-01-02T03:04:05Z","dataVersion":"1"}]""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Token_OfTheSender_StandsForSecretAndApiToken()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var recording = await RecordingApp.StartAsync();
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string>
                {
                    ["grid.yaml"] = Webhook("grid", provider.Configuration),
                    ["dark.yaml"] = Webhook("dark", new Uri($"http://127.0.0.1:{FreePort.Next()}/nobody")),
                    ["secret.yaml"] = Resources.Component("plain", "bindings.azure.eventgrid", ("webhookSecret", "topsecret-0123456789")),
                },
                Environment = new Dictionary<string, string> { ["APP_URL"] = recording.Address.ToString(), ["DAPR_API_TOKEN"] = TriggeredApp.ApiToken },
            },
            Token);
        using var client = new HttpClient(new SocketsHttpHandler());

        // Nobody can tell while a provider does not answer, so the event must come again.
        Assert.Equal(503, (await SendAsync("POST", "/v1.0/events/dark", provider.Sign(Now))).Status);

        foreach (var (path, token) in ((string, string?)[])
            [
                (Path, null), (Path, "x"), (Path, TriggeredApp.ApiToken), (Path, provider.Sign(Now, claims => claims["aud"] = "other")), (Path, provider.Sign(Now - TimeSpan.FromHours(1))),
                ($"{Path}/topsecret-0123456789", provider.Sign(Now)), ("/v1.0/events/plain", provider.Sign(Now)), ("/v1.0/events/nosuch", provider.Sign(Now)),
            ])
        {
            Assert.Equal(404, (await SendAsync("POST", path, token)).Status);
        }

        Assert.Equal(404, (await SendAsync("OPTIONS", "/v1.0/events/plain", null)).Status);
        Assert.Equal(200, (await SendAsync("OPTIONS", Path, null)).Status);
        Assert.Empty(recording.Of("POST", "/grid"));

        var good = provider.Sign(Now);
        Assert.Equal(200, (await SendAsync("POST", Path, good)).Status);
        Assert.Single(recording.Of("POST", "/grid"));
        Assert.DoesNotContain(good, app.Output.Text, StringComparison.Ordinal);

        // What the app says, and where it is, is not for the sender.
        recording.Script = (_, _) => Task.FromResult(AppReply.Json("\"inner words\"", 500));
        var refused = await SendAsync("POST", Path, good);
        Assert.Equal((500, false), (refused.Status, refused.Text.Contains("inner words", StringComparison.Ordinal)));
        await recording.StopAsync();
        var missed = await SendAsync("POST", Path, good);
        Assert.Equal((503, false), (missed.Status, missed.Text.Contains(recording.Address.Authority, StringComparison.Ordinal)));

        async Task<(int Status, string Text)> SendAsync(string method, string path, string? token)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(app.Address, path)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Event)) };
            request.Headers.TryAddWithoutValidation("WebHook-Request-Origin", "eventgrid.azure.net");
            if (token is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            }

            using var response = await client.SendAsync(request, Token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
        }
    }

    private static string Webhook(string name, Uri configuration) =>
        Resources.Component(name, "bindings.azure.eventgrid", ("webhookAudience", OpenIdProvider.Audience), ("webhookOpenIdConfiguration", configuration.ToString()), ("direction", "input"));
}
