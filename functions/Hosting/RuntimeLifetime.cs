namespace Serverless.Functions.Hosting;

/// <summary>Asks the process to end, and carries the exit code.</summary>
internal sealed class RuntimeLifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly Lock _gate = new();
    private bool _isStopping;
    private bool _isAborted;

    /// <summary>Cancelled when the process should drain and end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Cancelled when the process should end without waiting for running requests.</summary>
    public CancellationToken Aborting => _aborting.Token;

    /// <summary>The exit code once stopping; 0 unless something else was asked for.</summary>
    public int ExitCode { get; private set; }

    /// <summary>True when nobody asked for the end: the process failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Starts a graceful stop; the first call decides the exit code.</summary>
    public void RequestStop(int exitCode) => Stop(exitCode, isFailure: false);

    /// <summary>Ends the process because it can't go on; unless it is ending already.</summary>
    public void RequestFailure(int exitCode) => Stop(exitCode, isFailure: true);

    /// <summary>Ends the process without waiting for running requests; beats a graceful stop that is under way.</summary>
    public void RequestAbort(int exitCode)
    {
        lock (_gate)
        {
            if (_isAborted)
            {
                return;
            }

            _isAborted = true;
            ExitCode = exitCode;
        }

        _aborting.Cancel();
        _stopping.Cancel();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }

    private void Stop(int exitCode, bool isFailure)
    {
        lock (_gate)
        {
            if (_isAborted || _isStopping)
            {
                return;
            }

            _isStopping = true;
            HasFailed = isFailure;
            ExitCode = exitCode;
        }

        _stopping.Cancel();
    }
}
