using System.Net;
using System.Text.Json.Nodes;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Container;

/// <summary>The app with a blob container as its resources path, asked for what it serves.</summary>
internal sealed class ContainerApp : IAsyncDisposable
{
    /// <summary>How often the app asks the container.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    // The interval, the reading and loading, and what a busy machine needs.
    private static readonly TimeSpan Promised = PollInterval + TimeSpan.FromSeconds(4);

    private ContainerApp(AppProcess app) => App = app;

    public AppProcess App { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts the app and waits until it is healthy.</summary>
    public static async Task<ContainerApp> StartAsync(string address, AppSettings? settings = null)
    {
        var app = await LaunchAsync(address, settings);
        try
        {
            await app.App.WaitUntilReadyAsync(Token);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the app and waits for nothing.</summary>
    public static async Task<ContainerApp> LaunchAsync(string address, AppSettings? settings = null)
    {
        var given = settings ?? new AppSettings();
        return new ContainerApp(await AppProcess.LaunchAsync(given with
        {
            Arguments = [.. given.Arguments, "--resources-path", address, "--resources-poll-interval", $"{PollInterval.TotalSeconds}s"],
        }));
    }

    /// <summary>Waits until the process listens, healthy or not.</summary>
    public Task ListensAsync() => Eventually.MustAsync(
        "the app listens",
        () => App.Process.HasExited ? throw new InvalidOperationException(App.Output.Text) : Task.FromResult(App.Output.HasLine("listening")),
        TimeSpan.FromSeconds(30),
        Token);

    /// <summary>Waits until a store answers a read of an absent key with this status: 204 when it is there, 400 or 500 when it is not.</summary>
    public async Task AnswersAsync(string store, params int[] statuses) => Assert.True(
        await Eventually.TrueAsync(async () => Array.IndexOf(statuses, (await GetAsync($"/v1.0/state/{store}/nothing")).Status) >= 0, Promised, Token),
        App.Output.Text);

    /// <summary>Waits until a component has a type.</summary>
    public async Task HasTypeAsync(string component, string type) => Assert.True(
        await Eventually.TrueAsync(
            async () => (await MetadataAsync())["components"]?.AsArray().Any(item => (string?)item!["name"] == component && (string?)item["type"] == type) == true,
            Promised,
            Token),
        App.Output.Text);

    /// <summary>Waits until the source is told to be well or not: in health, and with words of the reason in the metadata.</summary>
    public async Task SourceIsAsync(bool well, params string[] words) => Assert.True(
        await Eventually.TrueAsync(
            async () =>
            {
                var health = await GetAsync("/v1.0/healthz");
                var fault = (string?)(await MetadataAsync())["extended"]!["resourceSource.container"];
                return well
                    ? health.Status == (int)HttpStatusCode.NoContent && fault is null
                    : health.Status == 500 && health.Text.Contains("resource-source-container", StringComparison.Ordinal) && words.All(word => fault?.Contains(word, StringComparison.Ordinal) == true);
            },
            TimeSpan.FromSeconds(30),
            Token),
        $"{(await MetadataAsync())["extended"]}\n{App.Output.Text}");

    /// <summary>Waits for a line with these words.</summary>
    public async Task LogsAsync(params string[] words) =>
        Assert.True(await Eventually.TrueAsync(() => App.Output.HasLine(words), Promised, Token), App.Output.Text);

    public async ValueTask DisposeAsync() => await App.DisposeAsync();

    private async Task<JsonNode> MetadataAsync() => JsonNode.Parse((await GetAsync("/v1.0/metadata")).Text)!;

    private Task<RawResponse> GetAsync(string path) => RawClient.SendAsync(App.Port, new RawRequest("GET", path), Token);
}
