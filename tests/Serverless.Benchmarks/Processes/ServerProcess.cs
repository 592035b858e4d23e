using System.Diagnostics;
using System.Globalization;
using Serverless.Backends.Processes;

namespace Serverless.Benchmarks.Processes;

/// <summary>One side of a comparison: a server process on a free loopback port with its own working directory.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly string _directory;
    private Process _process = null!;

    private ServerProcess(int port, string directory)
    {
        (Port, _directory) = (port, directory);
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB => StatusKiB("VmRSS:") / 1024.0;

    /// <summary>CPU time used so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static ServerProcess Baseline() => Baseline(BareKestrel.ETag);

    public static ServerProcess Baseline(string etag)
    {
        var port = FreePort.Next();
        return Start(Environment.ProcessPath!, ["baseline", $"{port}", etag], port, null);
    }

    public static ServerProcess App(string path, string? component = null)
    {
        var port = FreePort.Next();
        return Start(path, ["--dapr-http-port", $"{port}", "--log-level", "warn"], port, component);
    }

    /// <summary>The app with the workflows of <see cref="WorkflowApp"/>, in this program's own executable; the thread pool's setting is that of the published app.</summary>
    public static ServerProcess Workflows(string? component)
    {
        var port = FreePort.Next();
        var server = Prepare(port, component);
        server._process = server.Run(
            Environment.ProcessPath!,
            ["workflow-app", "--dapr-http-port", $"{port}", "--log-level", "warn"],
            ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0"));
        return server;
    }

    /// <summary>The app as the Functions host starts it, with one component and the functions generated for it; events go to that port.</summary>
    public static ServerProcess Triggered(string path, int appPort, string component)
    {
        var port = FreePort.Next();
        var server = Prepare(port, component);
        File.Copy(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "host.json"), Path.Combine(server._directory, "host.json"));
        server.Run(path, ["generate", "--output", server._directory]).WaitForExit();
        server._process = server.Run(path, ["--app-port", $"{appPort}", "--log-level", "warn"], ("FUNCTIONS_CUSTOMHANDLER_PORT", $"{port}"), ("FUNCTIONS_APP_ROOT_PATH", server._directory));
        return server;
    }

    /// <summary>Waits until the path answers; polls each millisecond, because a tighter loop would take a core from the server.</summary>
    public async Task WaitAsync(string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(1) });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var deadline = Stopwatch.GetTimestamp() + (30 * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < deadline && await timer.WaitForNextTickAsync())
        {
            try
            {
                using var response = await client.GetAsync(new Uri(Url + path));
                return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        throw new TimeoutException($"no answer from {Url}{path}");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static ServerProcess Start(string path, IEnumerable<string> arguments, int port, string? component)
    {
        var server = Prepare(port, component);
        server._process = server.Run(path, arguments);
        return server;
    }

    private static ServerProcess Prepare(int port, string? component)
    {
        // Beside the build output, because the temporary directory can be a memory file system, where a durable write costs nothing.
        var directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "runs", Guid.NewGuid().ToString("N"))).FullName;
        if (component is not null)
        {
            Directory.CreateDirectory(Path.Combine(directory, "components"));
            File.WriteAllText(Path.Combine(directory, "components", "component.yaml"), component);
        }

        return new ServerProcess(port, directory);
    }

    private Process Run(string path, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.GetFullPath(path), arguments) { WorkingDirectory = _directory, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    private long StatusKiB(string field) => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
