using Serverless.Components.Workflows.Execution;

namespace Serverless.Functions.Workflows;

/// <summary>One engine: opened when it is first asked for, and again after a failure.</summary>
/// <param name="place">What it stands on.</param>
/// <param name="open">Opens it.</param>
/// <param name="time">The clock.</param>
internal sealed class EngineSlot(EnginePlace place, Func<CancellationToken, Task<WorkflowRuntime>> open, TimeProvider time) : IDisposable
{
    /// <summary>So long a failure is the answer, so that many callers are not as many attempts.</summary>
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private Task<WorkflowRuntime>? _attempt;
    private Task<bool>? _closed;
    private TaskCompletionSource? _idle;
    private int _calls;
    private long _failedAt;

    /// <summary>What it stands on.</summary>
    public EnginePlace Place { get; } = place;

    /// <summary>Whether it is open.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
            {
                return _attempt is { IsCompletedSuccessfully: true } && _closed is not { IsCompleted: true };
            }
        }
    }

    /// <summary>The engine, once it is open; joins an attempt under way.</summary>
    public Task<WorkflowRuntime> OpenAsync()
    {
        lock (_gate)
        {
            var isOver = _attempt is { IsCompleted: true, IsCompletedSuccessfully: false } && time.GetElapsedTime(_failedAt) >= FailurePause;
            return _attempt is null || (isOver && _closed is null) ? _attempt = AttemptAsync() : _attempt;
        }
    }

    /// <summary>Begins a call of the engine; false when it is being closed.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            _calls += _closed is null ? 1 : 0;
            return _closed is null;
        }
    }

    /// <summary>Ends a call.</summary>
    public void Exit()
    {
        lock (_gate)
        {
            if (--_calls == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }

    /// <summary>Lets what runs come to its end until <paramref name="cut"/>, and closes; once. Never throws.</summary>
    /// <returns>Whether it was open.</returns>
    public Task<bool> CloseAsync(CancellationToken cut)
    {
        lock (_gate)
        {
            _attempt ??= Task.FromCanceled<WorkflowRuntime>(new CancellationToken(canceled: true));
            return _closed ??= CloseOnceAsync(cut);
        }
    }

    public void Dispose() => _closing.Dispose();

    private async Task<bool> CloseOnceAsync(CancellationToken cut)
    {
        // The lock is held here: no call begins from now on.
        _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = _calls == 0 && _idle.TrySetResult();
        await _closing.CancelAsync();
        await ((Task)_attempt!).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
        if (!_attempt!.IsCompletedSuccessfully)
        {
            return false;
        }

        var runtime = await _attempt.WaitAsync(CancellationToken.None);
        await _idle.Task.WaitAsync(cut).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await runtime.StopAsync(cut).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await runtime.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    // On a thread of its own: the callers hold a lock, and an embedded store opens without waiting for anything.
    private async Task<WorkflowRuntime> AttemptAsync()
    {
        try
        {
            return await Task.Run(() => open(_closing.Token), _closing.Token);
        }
        finally
        {
            Volatile.Write(ref _failedAt, time.GetTimestamp());
        }
    }
}
