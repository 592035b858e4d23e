using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Backends.Apps;
using Serverless.Backends.Azurite;
using Serverless.IntegrationTests.HostEmulator;
using Serverless.IntegrationTests.Processes;
using Serverless.IntegrationTests.Wire;

namespace Serverless.IntegrationTests.Bindings.Triggers;

/// <summary>A package with generated triggers under the emulated host, which may be killed and started again, and the user's app beside it.</summary>
internal sealed class TriggeredApp : IAsyncDisposable
{
    public const string Connection = "STORAGE";
    public const string ApiToken = "s3cret-token";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly HostSettings _settings;
    private readonly RecordingApp _app;
    private FunctionsHost? _host;

    private TriggeredApp(RecordingApp app, HostSettings settings)
    {
        _app = app;
        _settings = settings with
        {
            ScriptRoot = _folder.Root,
            RunsTriggers = true,
            AppSettings = new Dictionary<string, string>(settings.AppSettings)
            {
                ["APP_ID"] = "app",
                ["APP_URL"] = app.Address.ToString(),
                ["DAPR_API_TOKEN"] = ApiToken,
                ["DAPR_ENABLE_API_LOGGING"] = "true",
            },
        };
    }

    public FunctionsHost Host => _host!;

    public RecordingApp App => _app;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Settings with a storage account for the triggers, and overrides of host.json by their names below <c>AzureFunctionsJobHost__</c>.</summary>
    public static HostSettings Settings(AzuriteServer? storage, params (string Name, string Value)[] overrides)
    {
        // 2 s in the package.
        (string Name, string Value)[] shortened = [("extensions__queues__maxPollingInterval", "00:00:00.2")];
        var settings = shortened.Concat(overrides).ToDictionary(item => $"AzureFunctionsJobHost__{item.Name}", item => item.Value);
        if (storage is not null)
        {
            settings[Connection] = storage.ConnectionString;
        }

        return new HostSettings { ScriptRoot = "", AppSettings = settings };
    }

    public static string Queue(string name, string queue, params (string, string)[] items) =>
        Resources.Component(name, "bindings.azure.storagequeues", [("queueName", queue), .. items]) + $"\n  - name: connectionString\n    envRef: {Connection}\n";

    /// <summary>Publishes, generates, and starts the host.</summary>
    public static async Task<TriggeredApp> StartAsync(RecordingApp app, HostSettings settings, params (string File, string Yaml)[] components)
    {
        var started = new TriggeredApp(app, settings);
        try
        {
            await PublishedApp.CopyToAsync(started._folder.Root);
            foreach (var (file, yaml) in components)
            {
                started.Write(file, yaml);
            }

            await started.GenerateAsync();
            await started.StartAgainAsync();
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a component of the package, or changes it under the running app.</summary>
    public void Write(string file, string yaml) => _folder.Write(Path.Combine("components", file), yaml);

    public void Remove(string file) => File.Delete(_folder.At("components", file));

    /// <summary>The whole instance, host and handler, gets SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _host, null) is { } host)
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>A new instance of the same package.</summary>
    public async Task StartAgainAsync()
    {
        _host = await FunctionsHost.StartAsync(_settings with { Port = FreePort.Next() }, Token);
        await _host.WaitUntilReadyAsync(Token);
    }

    /// <summary>Waits for metadata's remark about a component; empty waits until there is none.</summary>
    public Task WaitForStatusAsync(string component, string text) => Eventually.MustAsync(
        $"trigger.{component} says '{text}'",
        async () =>
        {
            var status = await StatusAsync(component);
            return text.Length == 0 ? status is null : status?.Contains(text, StringComparison.Ordinal) == true;
        },
        Limit,
        Token);

    /// <summary>Sends a request to the host as anybody could.</summary>
    public async Task<(int Status, string Text)> SendAsync(HttpMethod method, string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{Host.Port.ToString(CultureInfo.InvariantCulture)}{path}");
        request.Content = method == HttpMethod.Get ? null : new StringContent(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _client.SendAsync(request, Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string?> StatusAsync(string component)
    {
        var (_, text) = await SendAsync(HttpMethod.Get, "/v1.0/metadata", "", ("dapr-api-token", ApiToken));
        return (string?)JsonNode.Parse(text)!["extended"]![$"trigger.{component}"];
    }

    private async Task GenerateAsync()
    {
        await using var generate = ChildProcess.Start(_folder.At(PublishedApp.ExecutableName), ["generate", "--output", _folder.Root], new Dictionary<string, string>(), _folder.Root);
        var exitCode = await generate.WaitForExitAsync(Token);
        Assert.True(exitCode == 0, generate.Output.Text);
    }
}
