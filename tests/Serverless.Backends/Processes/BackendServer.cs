namespace Serverless.Backends.Processes;

/// <summary>A server in a process and with a folder of its own, which a test starts, stops, crashes, hangs and starts again on the same ports.</summary>
public abstract class BackendServer : IAsyncDisposable
{
    private const int PortAttempts = 10;
    private ChildProcess? _process;

    /// <summary>The process that runs now or ran last.</summary>
    public ChildProcess Process
    {
        get => _process ?? throw new InvalidOperationException("the server was never started");
        private protected set => _process = value;
    }

    /// <summary>How long a start may take.</summary>
    private protected static TimeSpan ReadyLimit => TimeSpan.FromSeconds(60);

    /// <summary>The server's files; deleted with it.</summary>
    private protected TempFolder Folder { get; } = new();

    /// <summary>What a new start on the same ports waits for.</summary>
    private protected abstract string Resources { get; }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public virtual async Task StopAsync(CancellationToken cancellationToken)
    {
        Resume();
        await Process.TerminateAsync(cancellationToken);
    }

    /// <summary>SIGKILL, and waits for the end: a crash.</summary>
    public virtual Task KillAsync(CancellationToken cancellationToken) => Process.KillAsync(cancellationToken);

    /// <summary>Starts again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same ports and folder.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken) => await Eventually.MustAsync(
        $"{Resources} free again",
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
    public void Pause() => Hold();

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume() => Release();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_process?.DisposeAsync() ?? ValueTask.CompletedTask);
        await CloseAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts a server, on other ports each time that somebody else has taken one.</summary>
    private protected static async Task<T> StartAsync<T>(Func<Task<T>> create, CancellationToken cancellationToken)
        where T : BackendServer
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = await create();
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

    /// <summary>Ends what the server needs beside its process.</summary>
    private protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    /// <summary>Stops all that the server runs.</summary>
    private protected virtual void Hold() => Process.Pause();

    /// <summary>Lets it go on.</summary>
    private protected virtual void Release() => Process.Resume();

    /// <summary>Starts the process and waits until it serves; false when something of its <see cref="Resources"/> was taken.</summary>
    private protected abstract Task<bool> LaunchAsync(CancellationToken cancellationToken);
}
