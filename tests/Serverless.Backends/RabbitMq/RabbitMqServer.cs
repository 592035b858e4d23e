using System.Globalization;
using Serverless.Backends.Network;
using Serverless.Backends.Processes;

namespace Serverless.Backends.RabbitMq;

/// <summary>Debian's RabbitMQ on free ports of 127.0.0.1, a node of its own with files and a name server of its own.</summary>
public sealed class RabbitMqServer : BackendServer
{
    /// <summary>The only user.</summary>
    public const string User = "guest";

    // Debian's own start script would hand over to an account that does not see the folder.
    private const string Program = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private readonly int _distributionPort = FreePort.Lasting();
    private readonly int _namesPort = FreePort.Lasting();
    private ChildProcess? _names;

    private RabbitMqServer(CertificateSet? certificates)
    {
        var lines = new List<string> { $"listeners.tcp.default = 127.0.0.1:{Text(Port)}", "log.console = true", "log.console.level = info" };
        if (certificates is not null)
        {
            TlsPort = FreePort.Lasting();
            Folder.Write("authority.pem", certificates.AuthorityPem);
            Folder.Write("server.pem", certificates.ServerPem);
            Folder.Write("server.key", certificates.ServerKeyPem);
            lines.AddRange(
            [
                $"listeners.ssl.default = 127.0.0.1:{Text(TlsPort.Value)}", $"ssl_options.cacertfile = {Folder.At("authority.pem")}",
                $"ssl_options.certfile = {Folder.At("server.pem")}", $"ssl_options.keyfile = {Folder.At("server.key")}", "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = true", "auth_mechanisms.1 = EXTERNAL", "auth_mechanisms.2 = PLAIN", "ssl_cert_login_from = common_name",
            ]);
        }

        Folder.Write("plugins", certificates is null ? "[].\n" : "[rabbitmq_auth_mechanism_ssl].\n");
        Folder.Write("rabbitmq.conf", string.Join('\n', lines) + "\n");
    }

    /// <summary>The port of AMQP.</summary>
    public int Port { get; } = FreePort.Lasting();

    /// <summary>The port of AMQP over TLS, for who shows a certificate of the authority; null when there is none.</summary>
    public int? TlsPort { get; }

    /// <summary><c>127.0.0.1:port</c>, as messages name it.</summary>
    public string Address => $"127.0.0.1:{Text(Port)}";

    /// <summary>What the metadata item <c>host</c> wants.</summary>
    public string Host => HostFor(Port);

    /// <summary>The independent witness.</summary>
    public RabbitMqWitness Witness => new(Host);

    private protected override string Resources => $"the ports {Port}, {_distributionPort} and {_namesPort} are";

    /// <summary>Starts a server and waits until it serves.</summary>
    public static Task<RabbitMqServer> StartAsync(CancellationToken cancellationToken) => StartAsync(certificates: null, cancellationToken);

    /// <summary>The same, and with TLS beside it, where a client certificate of the name <see cref="User"/> is that user.</summary>
    public static Task<RabbitMqServer> StartAsync(CertificateSet? certificates, CancellationToken cancellationToken) =>
        StartAsync(() => Task.FromResult(new RabbitMqServer(certificates)), cancellationToken);

    /// <summary>The same broker behind another port, a proxy's for example.</summary>
    public static string HostFor(int port, string password = "guest") => $"amqp://{User}:{password}@127.0.0.1:{Text(port)}";

    private protected override ValueTask CloseAsync() => _names?.DisposeAsync() ?? ValueTask.CompletedTask;

    private protected override async Task<bool> LaunchAsync(CancellationToken cancellationToken)
    {
        // In the foreground, so that no daemon stays behind.
        var names = new Dictionary<string, string> { ["ERL_EPMD_PORT"] = Text(_namesPort), ["ERL_EPMD_ADDRESS"] = "127.0.0.1" };
        _names ??= ChildProcess.Start("epmd", [], names, Folder.Root);
        Process = ChildProcess.Start(
            File.Exists(Program) ? Program : throw new InvalidOperationException("rabbitmq-server is not installed; tests/run installs it"),
            ["-noinput"],
            new Dictionary<string, string>(names)
            {
                ["HOME"] = Folder.Root,
                ["LC_ALL"] = "C.UTF-8",
                ["RABBITMQ_NODENAME"] = $"test{Text(Port)}@localhost",
                ["RABBITMQ_DIST_PORT"] = Text(_distributionPort),
                ["RABBITMQ_MNESIA_BASE"] = Folder.At("mnesia"),
                ["RABBITMQ_LOG_BASE"] = Folder.At("log"),
                ["RABBITMQ_LOGS"] = "-",
                ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Folder.At("plugins"),
                ["RABBITMQ_CONFIG_FILE"] = Folder.At("rabbitmq.conf"),
                ["RABBITMQ_PID_FILE"] = Folder.At("pid"),

                // The script becomes the broker, so that a signal reaches it.
                ["RABBITMQ_ALLOW_INPUT"] = "1",
            },
            Folder.Root);
        if (!await Eventually.TrueAsync(() => Process.HasExited || Process.Output.Lines.Any(IsReady), ReadyLimit, cancellationToken))
        {
            throw new TimeoutException($"rabbitmq-server was not ready:\n{Process.Output.Text}");
        }

        if (!Process.HasExited)
        {
            return true;
        }

        var exitCode = await Process.WaitForExitAsync(cancellationToken);
        return Process.Output.HasLine("eaddrinuse") || Process.Output.HasLine("in use")
            ? false
            : throw new InvalidOperationException($"rabbitmq-server ended with {exitCode}:\n{Process.Output.Text}");
    }

    private static bool IsReady(string line) => line.Contains("Server startup complete", StringComparison.Ordinal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
