using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serverless.Tests.Functions.Hosting;

/// <summary>The built app as a process of its own, in an empty working directory.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const string Executable = "Serverless.Functions";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;

    private AppProcess(Process process, string directory)
    {
        _process = process;
        Directory = directory;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Directory { get; }

    public int Id => _process.Id;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>Starts it with the variables beside those of the test, of which none that configures the app is passed on.</summary>
    public static AppProcess Start(string[] args, params (string Name, string Value)[] variables)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("app").FullName;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{Executable}.exe" : Executable), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new AppProcess(new Process { StartInfo = start }, directory);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks until the app answers.</summary>
    public async Task<HttpResponseMessage> AnswerAsync(HttpClient client, string address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                return await client.GetAsync(address, limit.Token);
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("DAPR_", StringComparison.Ordinal) || name.StartsWith("APP_", StringComparison.Ordinal)
        || name.StartsWith("FUNCTIONS_", StringComparison.Ordinal) || name is "NAMESPACE" or "WEBSITE_SITE_NAME";

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line).Append(line is null ? "" : "\n");
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
