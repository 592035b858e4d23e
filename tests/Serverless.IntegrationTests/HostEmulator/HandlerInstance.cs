using System.Globalization;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>One run of the handler process.</summary>
internal sealed class HandlerInstance : IAsyncDisposable
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(25);
    private readonly HttpMessageInvoker _probe = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(1) });

    private HandlerInstance(ChildProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Starts the handler with the environment that the host gives it.</summary>
    public static HandlerInstance Start(HostSettings settings, HostFile host)
    {
        var port = FreePort.Next();
        var id = Guid.NewGuid().ToString();
        var portText = port.ToString(CultureInfo.InvariantCulture);
        var environment = new Dictionary<string, string>(settings.AppSettings)
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = portText,
            ["FUNCTIONS_HTTPWORKER_PORT"] = portText,
            ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = id,
            ["FUNCTIONS_HTTPWORKER_ID"] = id,
            ["FUNCTIONS_APP_ROOT_PATH"] = settings.ScriptRoot,
            ["FUNCTIONS_WORKER_RUNTIME"] = "custom",
        };
        var inRoot = Path.Combine(settings.ScriptRoot, host.ExecutablePath);
        var executable = File.Exists(inRoot) ? inRoot : host.ExecutablePath;
        var process = ChildProcess.Start(executable, host.Arguments, environment, Path.Combine(settings.ScriptRoot, host.WorkingDirectory));
        return new HandlerInstance(process, port);
    }

    /// <summary>Asks <c>GET /</c> every 25 ms: any answer means ready. False when the limit passes or the process ends.</summary>
    public async Task<bool> WaitUntilReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        using var timer = new PeriodicTimer(ProbeInterval);
        try
        {
            while (!Process.HasExited)
            {
                if (await AnswersAsync(limited.Token))
                {
                    return true;
                }

                await timer.WaitForNextTickAsync(limited.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The limit passed.
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        _probe.Dispose();
        await Process.DisposeAsync(); // SIGKILL, as the host does it
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Address);
            using var response = await _probe.SendAsync(request, cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The connection took too long on a busy machine: no reason to give up.
            return false;
        }
    }
}
