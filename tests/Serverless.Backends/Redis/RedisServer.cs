using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Redis;

/// <summary>Debian's redis-server on a free port of 127.0.0.1 with a folder of its own.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int PortAttempts = 10;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(5);
    private readonly TempFolder _folder = new();
    private readonly RedisServerSettings _settings;
    private ChildProcess? _process;

    private RedisServer(RedisServerSettings settings)
    {
        _settings = settings;
        Port = FreePort.Lasting();
        TlsPort = settings.Certificates is null ? null : FreePort.Lasting();
        Endpoint = new RedisEndpoint(Port) { Password = settings.Password };
        Cli = new RedisCli(settings.Users.Count == 0 ? Endpoint : Endpoint with { User = RedisConfiguration.Witness.Name, Password = RedisConfiguration.Witness.Password });
        _folder.Write("redis.conf", string.Join('\n', RedisConfiguration.Lines(settings, Port, TlsPort, _folder)) + "\n");
    }

    /// <summary>The port without TLS.</summary>
    public int Port { get; }

    /// <summary>The TLS port, or null.</summary>
    public int? TlsPort { get; }

    /// <summary><c>127.0.0.1:port</c>, as <c>redisHost</c> wants it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary><c>localhost:port</c> of the TLS port.</summary>
    public string TlsAddress => $"localhost:{TlsPort ?? throw new InvalidOperationException("the server has no certificates")}";

    /// <summary>How the default user connects.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>The witness; it may do everything.</summary>
    public RedisCli Cli { get; }

    /// <summary>The process that runs now or ran last.</summary>
    public ChildProcess Process => _process ?? throw new InvalidOperationException("the server was never started");

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<RedisServer> StartAsync(RedisServerSettings settings, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new RedisServer(settings);
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

    /// <inheritdoc cref="StartAsync(RedisServerSettings, CancellationToken)"/>
    public static Task<RedisServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new RedisServerSettings(), cancellationToken);

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Resume();
        await Process.TerminateAsync(cancellationToken);
    }

    /// <summary>SIGKILL, and waits for the end: a crash.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => Process.KillAsync(cancellationToken);

    /// <summary>Starts again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same port and folder.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken) => await Eventually.MustAsync(
        $"port {Port} is free again",
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

    /// <summary>SIGKILL and a new start.</summary>
    public async Task CrashAsync(CancellationToken cancellationToken)
    {
        await KillAsync(cancellationToken);
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

    /// <summary>False when a port was taken by somebody else.</summary>
    private async Task<bool> LaunchAsync(CancellationToken cancellationToken)
    {
        _process = Launch(_folder, _settings.IsSentinel);
        var isReady = await Eventually.TrueAsync(async () => _process.HasExited || await AnswersAsync(cancellationToken), ReadyLimit, cancellationToken);
        if (!isReady)
        {
            throw new TimeoutException($"redis-server did not answer:\n{_process.Output.Text}");
        }

        if (!_process.HasExited)
        {
            return true;
        }

        var exitCode = await _process.WaitForExitAsync(cancellationToken);
        return _process.Output.HasLine("in use") || _process.Output.HasLine("Failed listening")
            ? false
            : throw new InvalidOperationException($"redis-server ended with {exitCode}:\n{_process.Output.Text}");
    }

    private static ChildProcess Launch(TempFolder folder, bool isSentinel)
    {
        List<string> arguments = [folder.At("redis.conf")];
        if (isSentinel)
        {
            arguments.Add("--sentinel");
        }

        try
        {
            return ChildProcess.Start("redis-server", arguments, new Dictionary<string, string>(), folder.Root);
        }
        catch (Win32Exception failure)
        {
            throw new InvalidOperationException("redis-server is not installed; tests/run installs it", failure);
        }
    }

    /// <summary>Asks for the process id too: another server may have got the port first.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PingLimit);
        try
        {
            await Cli.CallAsync(["PING"], limit.Token);
            return await Cli.InfoAsync("process_id", limit.Token) == Process.Id.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is SocketException or IOException or RedisErrorException or AuthenticationException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
