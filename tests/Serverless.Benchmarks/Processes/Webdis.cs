using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Backends.Processes;
using Serverless.Backends.Redis;

namespace Serverless.Benchmarks.Processes;

/// <summary>Debian's webdis, an HTTP front of Redis written in C, without logging, in front of a given server.</summary>
internal sealed class Webdis : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly ChildProcess _process;

    private Webdis(RedisServer redis, int threads, int connections)
    {
        (Threads, Connections) = (threads, connections);
        Port = FreePort.Lasting();
        var settings = new JsonObject
        {
            ["redis_host"] = "127.0.0.1",
            ["redis_port"] = redis.Port,
            ["redis_auth"] = null,
            ["http_host"] = "127.0.0.1",
            ["http_port"] = Port,
            ["threads"] = threads,
            ["pool_size"] = connections,
            ["daemonize"] = false,
            ["websockets"] = false,
            ["database"] = 0,
            ["acl"] = new JsonArray(),
            ["verbosity"] = 0,
            ["logfile"] = "/dev/null",
        };
        _process = ChildProcess.Start("webdis", [_folder.Write("webdis.json", settings.ToJsonString())], new Dictionary<string, string>(), _folder.Root);
    }

    public int Port { get; }

    /// <summary>Worker threads.</summary>
    public int Threads { get; }

    /// <summary>Connections to Redis of each thread.</summary>
    public int Connections { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public override string ToString() => $"webdis with {Threads} threads and {Connections} connections each";

    public static async Task<Webdis> StartAsync(RedisServer redis, int threads, int connections)
    {
        var webdis = new Webdis(redis, threads, connections);
        try
        {
            await Eventually.MustAsync("webdis listens", webdis.ListensAsync, ReadyLimit, CancellationToken.None);
            return webdis;
        }
        catch
        {
            await webdis.DisposeAsync();
            throw;
        }
    }

    /// <summary>The path of a command; each part is escaped.</summary>
    public static string Command(params string[] parts) => string.Join('/', parts.Select(Escape));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    // A dot would set the answer's format, a slash would split the argument.
    private static string Escape(string part) =>
        string.Concat(Encoding.UTF8.GetBytes(part).Select(value => char.IsAsciiLetterOrDigit((char)value) ? ((char)value).ToString() : $"%{value:X2}"));

    private async Task<bool> ListensAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"webdis ended:\n{_process.Output.Text}");
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
