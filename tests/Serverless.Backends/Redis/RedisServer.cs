using System.ComponentModel;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Serverless.Backends.Processes;

namespace Serverless.Backends.Redis;

/// <summary>Debian's redis-server on a free port of 127.0.0.1 with a folder of its own.</summary>
public sealed class RedisServer : BackendServer
{
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(5);
    private readonly RedisServerSettings _settings;

    private RedisServer(RedisServerSettings settings)
    {
        _settings = settings;
        Port = FreePort.Lasting();
        TlsPort = settings.Certificates is null ? null : FreePort.Lasting();
        Endpoint = new RedisEndpoint(Port) { Password = settings.Password };
        Cli = new RedisCli(settings.Users.Count == 0 ? Endpoint : Endpoint with { User = RedisConfiguration.Witness.Name, Password = RedisConfiguration.Witness.Password });
        Folder.Write("redis.conf", string.Join('\n', RedisConfiguration.Lines(settings, Port, TlsPort, Folder)) + "\n");
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

    private protected override string Resources => $"port {Port} is";

    /// <summary>Starts a server and waits until it answers.</summary>
    public static Task<RedisServer> StartAsync(RedisServerSettings settings, CancellationToken cancellationToken) =>
        StartAsync(() => Task.FromResult(new RedisServer(settings)), cancellationToken);

    /// <inheritdoc cref="StartAsync(RedisServerSettings, CancellationToken)"/>
    public static Task<RedisServer> StartAsync(CancellationToken cancellationToken) => StartAsync(new RedisServerSettings(), cancellationToken);

    private protected override async Task<bool> LaunchAsync(CancellationToken cancellationToken)
    {
        Process = Launch(Folder, _settings.IsSentinel);
        var isReady = await Eventually.TrueAsync(async () => Process.HasExited || await AnswersAsync(cancellationToken), ReadyLimit, cancellationToken);
        if (!isReady)
        {
            throw new TimeoutException($"redis-server did not answer:\n{Process.Output.Text}");
        }

        if (!Process.HasExited)
        {
            return true;
        }

        var exitCode = await Process.WaitForExitAsync(cancellationToken);
        return Process.Output.HasLine("in use") || Process.Output.HasLine("Failed listening")
            ? false
            : throw new InvalidOperationException($"redis-server ended with {exitCode}:\n{Process.Output.Text}");
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
