using System.Globalization;
using System.Net;

namespace Serverless.IntegrationTests.Processes;

/// <summary>The real app as a standalone process on a free loopback port.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(30);
    private readonly TempFolder? _ownedFolder;

    private AppProcess(ChildProcess process, int port, TempFolder folder, TempFolder? ownedFolder)
    {
        Process = process;
        Port = port;
        Folder = folder;
        _ownedFolder = ownedFolder;
    }

    /// <summary>The process.</summary>
    public ChildProcess Process { get; }

    /// <summary>The API port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The API's address.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}/");

    /// <summary>The working directory: <c>resources/</c> and <c>data/</c> are inside.</summary>
    public TempFolder Folder { get; }

    /// <summary>What the process wrote.</summary>
    public ProcessOutput Output => Process.Output;

    /// <summary>Starts the app and waits until it is healthy.</summary>
    public static async Task<AppProcess> StartAsync(AppSettings settings, CancellationToken cancellationToken)
    {
        var app = await LaunchAsync(settings);
        try
        {
            await app.WaitUntilReadyAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the app without waiting: for starts that are expected to fail.</summary>
    public static async Task<AppProcess> LaunchAsync(AppSettings settings)
    {
        var executable = settings.Executable ?? Path.Combine(await PublishedApp.FolderAsync(), PublishedApp.ExecutableName);
        var owned = settings.Folder is null ? new TempFolder() : null;
        var folder = settings.Folder ?? owned!;
        foreach (var (name, text) in settings.Resources)
        {
            folder.Write(Path.Combine("resources", name), text);
        }

        var port = FreePort.Next();
        List<string> arguments =
        [
            "--app-id", settings.AppId,
            "--dapr-http-port", port.ToString(CultureInfo.InvariantCulture),
            "--dapr-listen-addresses", "127.0.0.1",
            "--data-dir", folder.At("data"),
        ];
        if (Directory.Exists(folder.At("resources")))
        {
            arguments.AddRange(["--resources-path", folder.At("resources")]);
        }

        arguments.AddRange(settings.Arguments);
        var environment = new Dictionary<string, string>(settings.Environment);
        if (settings.IsUnderHost)
        {
            environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        }

        return new AppProcess(ChildProcess.Start(executable, arguments, environment, folder.Root), port, folder, owned);
    }

    /// <summary>Polls <c>/v1.0/healthz</c> until it says 204; a process that ends first is an error with its output.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var client = Client();
        var ready = await Eventually.TrueAsync(
            async () =>
            {
                if (Process.HasExited)
                {
                    var exitCode = await Process.WaitForExitAsync(cancellationToken);
                    throw new InvalidOperationException($"the app ended with {exitCode} before it was ready:\n{Output.Text}");
                }

                return await IsHealthyAsync(client, cancellationToken);
            },
            ReadyLimit,
            cancellationToken);
        if (!ready)
        {
            throw new TimeoutException($"the app was not ready after {ReadyLimit}:\n{Output.Text}");
        }
    }

    /// <summary>A client of the API with timeouts.</summary>
    public HttpClient Client() =>
        new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5), UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromSeconds(30),
        };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _ownedFolder?.Dispose();
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("v1.0/healthz", UriKind.Relative), cancellationToken);
            return response.StatusCode == HttpStatusCode.NoContent;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
