using System.Globalization;
using Serverless.Backends.Node;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Azurite;

/// <summary>Microsoft's storage emulator with blobs, queues and tables on free ports of 127.0.0.1.</summary>
/// <remarks>It refuses service versions it does not know, so that a wrong one shows.</remarks>
public sealed class AzuriteServer : BackendServer
{
    private const int Services = 3;
    private readonly AzuriteSettings _settings;
    private readonly string? _logPath;

    private AzuriteServer(AzuriteSettings settings)
    {
        _settings = settings;
        (BlobPort, QueuePort, TablePort) = (FreePort.Lasting(), FreePort.Lasting(), FreePort.Lasting());
        _logPath = settings.IsLogged ? Folder.At("azurite.log") : null;
        if (settings.Certificates is { } certificates)
        {
            Folder.Write("server.pem", certificates.ServerPem);
            Folder.Write("server.key", certificates.ServerKeyPem);
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

    private protected override string Resources => $"the ports {BlobPort}, {QueuePort} and {TablePort} are";

    private string Scheme => _settings.Certificates is null ? "http" : "https";

    /// <summary>Starts a server and waits until it listens.</summary>
    public static Task<AzuriteServer> StartAsync(AzuriteSettings settings, CancellationToken cancellationToken) =>
        StartAsync(() => Task.FromResult(new AzuriteServer(settings)), cancellationToken);

    /// <inheritdoc cref="StartAsync(AzuriteSettings, CancellationToken)"/>
    public static Task<AzuriteServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new AzuriteSettings(), cancellationToken);

    private string Endpoint(int port) => $"{Scheme}://127.0.0.1:{port}/{Account}";

    private protected override async Task<bool> LaunchAsync(CancellationToken cancellationToken)
    {
        Process = NodeFolder.Start("azurite", "node_modules/azurite/dist/src/azurite.js", Arguments(), Accounts(), workingDirectory: Folder.Root);
        var output = Process.Output;
        var isOver = await Eventually.TrueAsync(
            () => Process.HasExited || output.Lines.Count(line => line.Contains("is successfully listening at", StringComparison.Ordinal)) == Services,
            ReadyLimit,
            cancellationToken);
        if (!isOver)
        {
            throw new TimeoutException($"Azurite did not listen:\n{output.Text}");
        }

        if (!Process.HasExited)
        {
            return true;
        }

        var exitCode = await Process.WaitForExitAsync(cancellationToken);
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
            arguments.AddRange(["--cert", Folder.At("server.pem"), "--key", Folder.At("server.key"), "--oauth", "basic"]);
        }

        if (_logPath is not null)
        {
            arguments.AddRange(["--debug", _logPath]);
        }

        return arguments;
    }

    private Dictionary<string, string> Accounts() => new() { ["AZURITE_ACCOUNTS"] = $"{Account}:{Key}" };
}
