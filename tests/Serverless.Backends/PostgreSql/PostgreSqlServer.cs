using System.Globalization;
using Npgsql;
using Serverless.Backends.Processes;

namespace Serverless.Backends.PostgreSql;

/// <summary>Debian's PostgreSQL on a free port of 127.0.0.1 with a cluster of its own.</summary>
public sealed class PostgreSqlServer : BackendServer
{
    /// <summary>The superuser.</summary>
    public const string User = "dapr";

    /// <summary>The superuser's password.</summary>
    public const string Password = "pg-5ecret";

    /// <summary>The database.</summary>
    public const string Database = "postgres";

    private readonly PostgreSqlServerSettings _settings;

    private PostgreSqlServer(PostgreSqlServerSettings settings) => (_settings, Port) = (settings, FreePort.Lasting());

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary><c>127.0.0.1:port</c>, as messages name it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>What the metadata item <c>connectionString</c> wants.</summary>
    public string ConnectionString => ConnectionStringFor(Port);

    /// <summary>The independent witness.</summary>
    public PostgreSqlWitness Witness => new(Port);

    private protected override string Resources => $"port {Port} and the cluster's memory are";

    /// <summary>Starts a server and waits until it answers.</summary>
    public static Task<PostgreSqlServer> StartAsync(PostgreSqlServerSettings settings, CancellationToken cancellationToken) => StartAsync(
        async () =>
        {
            var server = new PostgreSqlServer(settings);
            try
            {
                await server.PrepareAsync(cancellationToken);
                return server;
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        },
        cancellationToken);

    /// <inheritdoc cref="StartAsync(PostgreSqlServerSettings, CancellationToken)"/>
    public static Task<PostgreSqlServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new PostgreSqlServerSettings(), cancellationToken);

    /// <summary>The same database behind another port, a proxy's for example.</summary>
    public static string ConnectionStringFor(int port) => $"host=127.0.0.1 port={port} user={User} password={Password} database={Database} sslmode=disable";

    /// <summary>SIGTERM as <c>systemctl stop</c> means it (fast: sessions are ended), and waits for the end.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        Resume();

        // To the postmaster SIGTERM would mean to wait for its clients.
        PosixSignal.Interrupt(Process.Id);
        await Process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>SIGKILL of every process of the server, and waits for the end: a crash.</summary>
    public override async Task KillAsync(CancellationToken cancellationToken)
    {
        var children = Children();
        await Process.KillAsync(cancellationToken);
        foreach (var child in children)
        {
            PosixSignal.TryKill(child);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await PostgreSqlInstallation.CreateClusterAsync(Folder.Root, cancellationToken);
        if (_settings.Certificates is { } certificates)
        {
            Folder.Write("server.crt", certificates.ServerPem);
            Folder.Write("server.key", certificates.ServerKeyPem);
            if (!OperatingSystem.IsWindows())
            {
                // PostgreSQL takes no key that others may read.
                File.SetUnixFileMode(Folder.At("server.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        await PostgreSqlInstallation.GiveAsync(Folder.Root, cancellationToken);
    }

    private protected override void Hold()
    {
        // The postmaster first, so that it starts no more of them; some may end meanwhile.
        Process.Pause();
        foreach (var child in Children())
        {
            PosixSignal.TryPause(child);
        }
    }

    private protected override void Release()
    {
        foreach (var child in Children())
        {
            PosixSignal.TryResume(child);
        }

        Process.Resume();
    }

    private protected override async Task<bool> LaunchAsync(CancellationToken cancellationToken)
    {
        List<string> arguments =
        [
            "-D", Folder.At("cluster"), "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", $"fsync={(_settings.IsDurable ? "on" : "off")}", "-c", "shared_buffers=32MB", "-c", "max_connections=200",
        ];
        if (_settings.Certificates is not null)
        {
            arguments.AddRange(["-c", "ssl=on", "-c", $"ssl_cert_file={Folder.At("server.crt")}", "-c", $"ssl_key_file={Folder.At("server.key")}"]);
        }

        foreach (var (name, value) in _settings.Parameters)
        {
            arguments.AddRange(["-c", $"{name}={value}"]);
        }

        Process = PostgreSqlInstallation.Start("postgres", arguments, Folder.Root);
        if (!await Eventually.TrueAsync(async () => Process.HasExited || await AnswersAsync(cancellationToken), ReadyLimit, cancellationToken))
        {
            throw new TimeoutException($"postgres did not answer:\n{Process.Output.Text}");
        }

        if (!Process.HasExited)
        {
            return true;
        }

        var exitCode = await Process.WaitForExitAsync(cancellationToken);
        return Process.Output.HasLine("could not bind") || Process.Output.HasLine("shared memory block") || Process.Output.HasLine("lock file")
            ? false
            : throw new InvalidOperationException($"postgres ended with {exitCode}:\n{Process.Output.Text}");
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Another server may have got the port first.
            return await Witness.TextAsync("SHOW data_directory", cancellationToken) == Folder.At("cluster");
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private List<int> Children()
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ParentOf(folder) == Process.Id)
            {
                children.Add(id);
            }
        }

        return children;
    }

    private static int ParentOf(string folder)
    {
        try
        {
            // The name in parentheses may hold anything.
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
