namespace Serverless.Functions.Hosting;

/// <summary>Asks the process to end, and carries the exit code.</summary>
internal sealed class RuntimeLifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private int _asked;

    /// <summary>Cancelled when the process should drain and end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Cancelled when the process should end without waiting for running requests.</summary>
    public CancellationToken Aborting => _aborting.Token;

    /// <summary>The exit code once stopping; 0 unless something else was asked for.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Starts a graceful stop; the first call decides the exit code.</summary>
    public void RequestStop(int exitCode)
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            ExitCode = exitCode;
            _stopping.Cancel();
        }
    }

    /// <summary>Ends the process without waiting for running requests; beats a graceful stop that is under way.</summary>
    public void RequestAbort(int exitCode)
    {
        if (Interlocked.Exchange(ref _asked, 2) != 2)
        {
            ExitCode = exitCode;
            _aborting.Cancel();
            _stopping.Cancel();
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }
}
