using System.Globalization;
using Serverless.Backends.Node;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Azurite;

/// <summary>Microsoft's storage emulator with blobs, queues and tables on free ports of 127.0.0.1.</summary>
/// <remarks>It refuses service versions it does not know, so that a wrong one shows.</remarks>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const int PortAttempts = 10;
    private const int Services = 3;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly AzuriteSettings _settings;
    private readonly string? _logPath;
    private ChildProcess? _process;

    private AzuriteServer(AzuriteSettings settings)
    {
        _settings = settings;
        (BlobPort, QueuePort, TablePort) = (FreePort.Lasting(), FreePort.Lasting(), FreePort.Lasting());
        _logPath = settings.IsLogged ? _folder.At("azurite.log") : null;
        if (settings.Certificates is { } certificates)
        {
            _folder.Write("server.pem", certificates.ServerPem);
            _folder.Write("server.key", certificates.ServerKeyPem);
        }
    }

    /// <summary>The port of the blob service.</summary>
    public int BlobPort { get; }

    /// <summary>The port of the queue service.</summary>
    public int QueuePort { get; }

    /// <summary>The port of the table service.</summary>
    public int TablePort { get; }

    /// <summary>The account's name.</summary>
    public string Account => _settings.Account;

    /// <summary>The account's key in Base64.</summary>
    public string Key => _settings.Key;

    /// <summary><c>http://127.0.0.1:port/account</c>, or the same with https.</summary>
    public string BlobEndpoint => Endpoint(BlobPort);

    /// <inheritdoc cref="BlobEndpoint"/>
    public string QueueEndpoint => Endpoint(QueuePort);

    /// <inheritdoc cref="BlobEndpoint"/>
    public string TableEndpoint => Endpoint(TablePort);

    /// <summary>The key and the three endpoints in the notation of Azure Storage.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol={Scheme};AccountName={Account};AccountKey={Key};BlobEndpoint={BlobEndpoint};QueueEndpoint={QueueEndpoint};TableEndpoint={TableEndpoint};";

    /// <summary>The requests of all starts so far.</summary>
    public IReadOnlyList<LoggedRequest> Requests => LoggedRequest.Read(_logPath ?? throw new InvalidOperationException("the settings ask for no log"));

    /// <summary>The process that runs now or ran last.</summary>
    public ChildProcess Process => _process ?? throw new InvalidOperationException("the server was never started");

    private string Scheme => _settings.Certificates is null ? "http" : "https";

    /// <summary>Starts a server and waits until it listens.</summary>
    public static async Task<AzuriteServer> StartAsync(AzuriteSettings settings, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new AzuriteServer(settings);
            try
            {
                if (await server.LaunchAsync(cancellationToken))
                {
                    return server;
                }
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }

            var output = server.Process.Output.Text;
            await server.DisposeAsync();
            if (attempt == PortAttempts)
            {
                throw new InvalidOperationException($"every port was taken:\n{output}");
            }
        }
    }

    /// <inheritdoc cref="StartAsync(AzuriteSettings, CancellationToken)"/>
    public static Task<AzuriteServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new AzuriteSettings(), cancellationToken);

    /// <summary>SIGTERM, and waits for the end: what is in memory goes to <see cref="AzuriteSettings.Location"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Resume();
        await Process.TerminateAsync(cancellationToken);
    }

    /// <summary>SIGKILL, and waits for the end: a crash that loses what was not written yet.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => Process.KillAsync(cancellationToken);

    /// <summary>Starts again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same ports.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken) => await Eventually.MustAsync(
        $"the ports {BlobPort}, {QueuePort} and {TablePort} are free again",
        async () =>
        {
            await Process.DisposeAsync();
            return await LaunchAsync(cancellationToken);
        },
        ReadyLimit,
        cancellationToken);

    /// <summary>SIGTERM and a new start.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        await StartAgainAsync(cancellationToken);
    }

    /// <summary>SIGSTOP: the server hangs, connections stay open and new ones are still taken by the kernel.</summary>
    public void Pause() => Process.Pause();

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume() => Process.Resume();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private string Endpoint(int port) => $"{Scheme}://127.0.0.1:{port}/{Account}";

    /// <summary>False when a port was taken by somebody else.</summary>
    private async Task<bool> LaunchAsync(CancellationToken cancellationToken)
    {
        _process = NodeFolder.Start("azurite", "node_modules/azurite/dist/src/azurite.js", Arguments(), Accounts(), workingDirectory: _folder.Root);
        var output = _process.Output;
        var isOver = await Eventually.TrueAsync(
            () => _process.HasExited || output.Lines.Count(line => line.Contains("is successfully listening at", StringComparison.Ordinal)) == Services,
            ReadyLimit,
            cancellationToken);
        if (!isOver)
        {
            throw new TimeoutException($"Azurite did not listen:\n{output.Text}");
        }

        if (!_process.HasExited)
        {
            return true;
        }

        var exitCode = await _process.WaitForExitAsync(cancellationToken);
        return output.HasLine("EADDRINUSE") ? false : throw new InvalidOperationException($"Azurite ended with {exitCode}:\n{output.Text}");
    }

    private List<string> Arguments()
    {
        List<string> arguments = ["--silent", "--disableTelemetry"];
        arguments.AddRange(_settings.Location is { } location ? ["--location", location] : ["--inMemoryPersistence"]);
        foreach (var (service, port) in new[] { ("blob", BlobPort), ("queue", QueuePort), ("table", TablePort) })
        {
            arguments.AddRange([$"--{service}Host", "127.0.0.1", $"--{service}Port", port.ToString(CultureInfo.InvariantCulture)]);
        }

        if (_settings.Certificates is not null)
        {
            arguments.AddRange(["--cert", _folder.At("server.pem"), "--key", _folder.At("server.key"), "--oauth", "basic"]);
        }

        if (_logPath is not null)
        {
            arguments.AddRange(["--debug", _logPath]);
        }

        return arguments;
    }

    private Dictionary<string, string> Accounts() => new() { ["AZURITE_ACCOUNTS"] = $"{Account}:{Key}" };
}
