using System.Globalization;
using Npgsql;
using Serverless.Backends.Processes;

namespace Serverless.Backends.PostgreSql;

/// <summary>Debian's PostgreSQL on a free port of 127.0.0.1 with a cluster of its own.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>The superuser.</summary>
    public const string User = "dapr";

    /// <summary>The superuser's password.</summary>
    public const string Password = "pg-5ecret";

    /// <summary>The database.</summary>
    public const string Database = "postgres";

    private const int PortAttempts = 10;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly PostgreSqlServerSettings _settings;
    private ChildProcess? _process;

    private PostgreSqlServer(PostgreSqlServerSettings settings) => _settings = settings;

    /// <summary>The port.</summary>
    public int Port { get; private set; }

    /// <summary><c>127.0.0.1:port</c>, as messages name it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>What the metadata item <c>connectionString</c> wants.</summary>
    public string ConnectionString => ConnectionStringFor(Port);

    /// <summary>The independent witness.</summary>
    public PostgreSqlWitness Witness => new(Port);

    /// <summary>The process that runs now or ran last.</summary>
    public ChildProcess Process => _process ?? throw new InvalidOperationException("the server was never started");

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<PostgreSqlServer> StartAsync(PostgreSqlServerSettings settings, CancellationToken cancellationToken)
    {
        var server = new PostgreSqlServer(settings);
        try
        {
            await server.PrepareAsync(cancellationToken);
            for (var attempt = 1; ; attempt++)
            {
                server.Port = FreePort.Lasting();
                if (await server.LaunchAsync(cancellationToken))
                {
                    return server;
                }

                if (attempt == PortAttempts)
                {
                    throw new InvalidOperationException($"every port was taken:\n{server.Process.Output.Text}");
                }

                await server.Process.DisposeAsync();
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="StartAsync(PostgreSqlServerSettings, CancellationToken)"/>
    public static Task<PostgreSqlServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new PostgreSqlServerSettings(), cancellationToken);

    /// <summary>The same database behind another port, a proxy's for example.</summary>
    public static string ConnectionStringFor(int port) => $"host=127.0.0.1 port={port} user={User} password={Password} database={Database} sslmode=disable";

    /// <summary>SIGTERM as <c>systemctl stop</c> means it (fast: sessions are ended), and waits for the end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Resume();

        // To the postmaster SIGTERM would mean to wait for its clients.
        PosixSignal.Interrupt(Process.Id);
        await Process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>SIGKILL of every process of the server, and waits for the end: a crash.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        var children = Children();
        await Process.KillAsync(cancellationToken);
        foreach (var child in children)
        {
            PosixSignal.TryKill(child);
        }
    }

    /// <summary>Starts again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same port and folder.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken) => await Eventually.MustAsync(
        $"port {Port} and the cluster's memory are free again",
        async () =>
        {
            await Process.DisposeAsync();
            return await LaunchAsync(cancellationToken);
        },
        ReadyLimit,
        cancellationToken);

    /// <summary>SIGSTOP to every process of the server: it hangs, and the kernel still takes new connections.</summary>
    public void Pause()
    {
        // The postmaster first, so that it starts no more of them; some may end meanwhile.
        Process.Pause();
        foreach (var child in Children())
        {
            PosixSignal.TryPause(child);
        }
    }

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume()
    {
        foreach (var child in Children())
        {
            PosixSignal.TryResume(child);
        }

        Process.Resume();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await PostgreSqlInstallation.CreateClusterAsync(_folder.Root, cancellationToken);
        if (_settings.Certificates is { } certificates)
        {
            _folder.Write("server.crt", certificates.ServerPem);
            _folder.Write("server.key", certificates.ServerKeyPem);
            if (!OperatingSystem.IsWindows())
            {
                // PostgreSQL takes no key that others may read.
                File.SetUnixFileMode(_folder.At("server.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        await PostgreSqlInstallation.GiveAsync(_folder.Root, cancellationToken);
    }

    /// <summary>False when the port was taken by somebody else, or the cluster by its former processes.</summary>
    private async Task<bool> LaunchAsync(CancellationToken cancellationToken)
    {
        List<string> arguments =
        [
            "-D", _folder.At("cluster"), "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", $"fsync={(_settings.IsDurable ? "on" : "off")}", "-c", "shared_buffers=32MB", "-c", "max_connections=200",
        ];
        if (_settings.Certificates is not null)
        {
            arguments.AddRange(["-c", "ssl=on", "-c", $"ssl_cert_file={_folder.At("server.crt")}", "-c", $"ssl_key_file={_folder.At("server.key")}"]);
        }

        foreach (var (name, value) in _settings.Parameters)
        {
            arguments.AddRange(["-c", $"{name}={value}"]);
        }

        _process = PostgreSqlInstallation.Start("postgres", arguments, _folder.Root);
        if (!await Eventually.TrueAsync(async () => _process.HasExited || await AnswersAsync(cancellationToken), ReadyLimit, cancellationToken))
        {
            throw new TimeoutException($"postgres did not answer:\n{_process.Output.Text}");
        }

        if (!_process.HasExited)
        {
            return true;
        }

        var exitCode = await _process.WaitForExitAsync(cancellationToken);
        return _process.Output.HasLine("could not bind") || _process.Output.HasLine("shared memory block") || _process.Output.HasLine("lock file")
            ? false
            : throw new InvalidOperationException($"postgres ended with {exitCode}:\n{_process.Output.Text}");
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Another server may have got the port first.
            return await Witness.TextAsync("SHOW data_directory", cancellationToken) == _folder.At("cluster");
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
