namespace Serverless.Functions.Hosting;

/// <summary>Asks the process to end, and carries the exit code.</summary>
public sealed class RuntimeLifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when the process should drain and end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The exit code once stopping; 0 unless something else was asked for.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Starts a graceful stop; the first call decides the exit code.</summary>
    public void RequestStop(int exitCode)
    {
        if (!_stopping.IsCancellationRequested)
        {
            ExitCode = exitCode;
            _stopping.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
