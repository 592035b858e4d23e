using Serverless.Backends.Apps;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>Event webhooks, standalone and under the host: handshakes, deliveries, and a secret that shows nowhere.</summary>
public sealed class WebhookTests
{
    private const string Secret = "topsecret-0123456789";
    private const string Path = $"/v1.0/events/grid/{Secret}";
    private const string Event = """{"id":"1","eventType":"made","subject":"s","data":{"n":1},"eventTime":"2026-01-02T03:04:05Z","dataVersion":"1"}""";
    private static readonly string Component = Resources.Component("grid", "bindings.azure.eventgrid", ("webhookSecret", Secret), ("route", "in/events"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Webhook_Standalone_TakesEventsAndHandshakes()
    {
        await using var recording = await RecordingApp.StartAsync();
        await using var app = await AppProcess.StartAsync(
            new AppSettings
            {
                Resources = new Dictionary<string, string> { ["grid.yaml"] = Component },
                Arguments = ["--enable-api-logging", "--log-level", "debug"],
                Environment = new Dictionary<string, string> { ["APP_URL"] = recording.Address.ToString(), ["DAPR_API_TOKEN"] = TriggeredApp.ApiToken },
            },
            Token);
        using var client = new HttpClient(new SocketsHttpHandler());
        await CheckAsync(async (method, path, body, headers) =>
        {
            using var request = new HttpRequestMessage(method, new Uri(app.Address, path)) { Content = new StringContent(body) };
            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await client.SendAsync(request, Token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token), string.Join(',', response.Headers.TryGetValues("WebHook-Allowed-Origin", out var origins) ? origins : []));
        }, recording);
        Assert.Contains("/v1.0/events/grid/***", app.Output.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, app.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_UnderTheHost_TakesEventsAndHandshakes()
    {
        await using var app = await TriggeredApp.StartAsync(await RecordingApp.StartAsync(), TriggeredApp.Settings(null), ("grid.yaml", Component));
        await CheckAsync(async (method, path, body, headers) =>
        {
            var (status, text) = await app.SendAsync(method, path, body, headers);
            return (status, text, null);
        }, app.App);
        Assert.DoesNotContain(app.Host.Functions.Functions, function => function.Name.StartsWith("binding-", StringComparison.Ordinal));
        Assert.DoesNotContain("trigger.grid", (await app.SendAsync(HttpMethod.Get, "/v1.0/metadata", "", ("dapr-api-token", TriggeredApp.ApiToken))).Text, StringComparison.Ordinal);
        Assert.Contains("/v1.0/events/grid/***", app.Host.Journal.HandlerOutput, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, app.Host.Journal.HandlerOutput, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(Func<HttpMethod, string, string, (string, string)[], Task<(int Status, string Text, string? Origin)>> sendAsync, RecordingApp recording)
    {
        // Event Grid's handshake, and CloudEvents'.
        var validation = await sendAsync(HttpMethod.Post, Path, """[{"id":"1","topic":"t","subject":"","data":{"validationCode":"code-1"},"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-01-02T03:04:05Z","metadataVersion":"1","dataVersion":"2"}]""", [("aeg-event-type", "SubscriptionValidation")]);
        Assert.Equal((200, """{"validationResponse":"code-1"}"""), (validation.Status, validation.Text));
        var options = await sendAsync(HttpMethod.Options, Path, "", [("WebHook-Request-Origin", "eventgrid.azure.net")]);
        Assert.Equal(200, options.Status);
        Assert.Equal("eventgrid.azure.net", options.Origin ?? "eventgrid.azure.net");
        Assert.Equal(400, (await sendAsync(HttpMethod.Options, Path, "", [])).Status);
        Assert.Empty(recording.Of("POST", "/in/events"));

        // A batch: each event is a call.
        var taken = await sendAsync(HttpMethod.Post, Path, $"[{Event},{Event.Replace("\"1\",\"eventType", "\"2\",\"eventType", StringComparison.Ordinal)}]", [("aeg-event-type", "Notification")]);
        Assert.Equal((200, "{}"), (taken.Status, taken.Text));
        Assert.Equal(2, recording.Of("POST", "/in/events").Count);
        Assert.Contains("\"made\"", recording.Of("POST", "/in/events")[0].Text, StringComparison.Ordinal);

        // Neither another secret nor another name, method or end of the path gets in, with whatever token.
        Assert.Equal(404, (await sendAsync(HttpMethod.Post, $"/v1.0/events/grid/{Secret}x", $"[{Event}]", [])).Status);
        Assert.Equal(404, (await sendAsync(HttpMethod.Post, $"/v1.0/events/nosuch/{Secret}", $"[{Event}]", [])).Status);
        Assert.Equal(404, (await sendAsync(HttpMethod.Options, "/v1.0/events/grid/other", "", [("WebHook-Request-Origin", "x")])).Status);
        Assert.Equal(401, (await sendAsync(HttpMethod.Put, Path, $"[{Event}]", [])).Status);
        Assert.Equal(401, (await sendAsync(HttpMethod.Post, $"{Path}/more", $"[{Event}]", [])).Status);
        Assert.Equal(404, (await sendAsync(HttpMethod.Put, Path, $"[{Event}]", [("dapr-api-token", TriggeredApp.ApiToken)])).Status);
        Assert.Equal(400, (await sendAsync(HttpMethod.Post, Path, "no json", [])).Status);
        Assert.Equal(2, recording.Of("POST", "/in/events").Count);

        // What the app does not take goes back to the sender.
        recording.Script = (_, _) => Task.FromResult(new AppReply(418));
        Assert.Equal(500, (await sendAsync(HttpMethod.Post, Path, $"[{Event}]", [])).Status);
        await recording.StopAsync();
        Assert.Equal(503, (await sendAsync(HttpMethod.Post, Path, $"[{Event}]", [])).Status);
    }
}
