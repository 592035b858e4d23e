using Serverless.IntegrationTests.Processes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>The published app in a private script root under the emulated host.</summary>
public sealed class HostedApp : IAsyncDisposable
{
    private const string ArgumentsOverride = "AzureFunctionsJobHost__customHandler__description__arguments";
    private readonly TempFolder _folder;

    private HostedApp(TempFolder folder, FunctionsHost host)
    {
        _folder = folder;
        Host = host;
    }

    /// <summary>The host.</summary>
    public FunctionsHost Host { get; }

    /// <summary>The folder of host.json.</summary>
    public string ScriptRoot => _folder.Root;

    /// <summary>Publishes, writes <c>components/</c>, starts the host and waits for the handler.</summary>
    public static async Task<HostedApp> StartAsync(
        IReadOnlyDictionary<string, string> components,
        IReadOnlyDictionary<string, string> appSettings,
        bool isForwardOnly,
        CancellationToken cancellationToken)
    {
        var app = await LaunchAsync(components, appSettings, isForwardOnly, cancellationToken);
        try
        {
            await app.Host.WaitUntilReadyAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same without waiting: for handlers that are expected not to come up.</summary>
    public static async Task<HostedApp> LaunchAsync(
        IReadOnlyDictionary<string, string> components,
        IReadOnlyDictionary<string, string> appSettings,
        bool isForwardOnly,
        CancellationToken cancellationToken)
    {
        var folder = new TempFolder();
        await PublishedApp.CopyToAsync(folder.Root);
        foreach (var (name, text) in components)
        {
            folder.Write(Path.Combine("components", name), text);
        }

        var settings = new HostSettings
        {
            ScriptRoot = folder.Root,
            AppSettings = new Dictionary<string, string>(appSettings)
            {
                [ArgumentsOverride] = $"""["--app-id","{Processes.AppSettings.DefaultAppId}"]""",
            },
            IsForwardOnly = isForwardOnly,
        };
        return new HostedApp(folder, await FunctionsHost.StartAsync(settings, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
