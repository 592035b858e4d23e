namespace Serverless.IntegrationTests.HostEmulator;

/// <summary>Keeps the handler running by the host's rules of exit codes.</summary>
/// <remarks>0: never started again. 200: started again. Anything else: an error; the third within 30 minutes stops the host.</remarks>
internal sealed class HandlerSupervisor : IAsyncDisposable
{
    private const int IntendedRestart = 200;
    private const int MaxErrors = 3;
    private static readonly TimeSpan ErrorWindow = TimeSpan.FromMinutes(30);

    private readonly HostSettings _settings;
    private readonly HostFile _host;
    private readonly HostJournal _journal;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<long> _errors = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource<HandlerInstance> _ready = NewSource();
    private HandlerInstance? _current;
    private bool _isKilledByHost;
    private Task _loop = Task.CompletedTask;

    public HandlerSupervisor(HostSettings settings, HostFile host, HostJournal journal)
    {
        _settings = settings;
        _host = host;
        _journal = journal;
    }

    /// <summary>The handler that runs now, ready or not; null before the first start and after the last end.</summary>
    public HandlerInstance? Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>The ready handler; invocations wait for it four times the initialization timeout.</summary>
    /// <exception cref="HostException">There will be none.</exception>
    public async Task<HandlerInstance> ReadyAsync(CancellationToken cancellationToken)
    {
        Task<HandlerInstance> ready;
        lock (_lock)
        {
            ready = _ready.Task;
        }

        return await ready.WaitAsync(_host.InitializationTimeout * 4, cancellationToken);
    }

    /// <summary>Kills the handler, with every request in it, and starts it again: what a function's timeout does.</summary>
    public void Restart(string reason)
    {
        _journal.Add($"handler killed: {reason}");
        lock (_lock)
        {
            _isKilledByHost = true;
            RenewReady();
            _current?.Process.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        lock (_lock)
        {
            _current?.Process.Kill();
        }

#pragma warning disable VSTHRD003 // the loop is ours, started in Start
        await _loop;
#pragma warning restore VSTHRD003
        _stopping.Dispose();
    }

    private static TaskCompletionSource<HandlerInstance> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (await RunOnceAsync() is { } end)
            {
                _journal.Add(end);
                GiveUp(end);
                return;
            }
        }
    }

    // Null means: start again.
    private async Task<string?> RunOnceAsync()
    {
        // Others only kill the process, under the lock; its end is awaited and disposed of here.
        await using var instance = HandlerInstance.Start(_settings, _host);
        lock (_lock)
        {
            _current = instance;
        }

        _journal.Started(instance.Process);
        try
        {
            if (await instance.WaitUntilReadyAsync(_host.InitializationTimeout, _stopping.Token))
            {
                lock (_lock)
                {
                    _ready.TrySetResult(instance);
                }

                _journal.Add($"handler ready on {instance.Port}");
            }
            else if (!instance.Process.HasExited)
            {
                return $"handler not ready within {_host.InitializationTimeout}";
            }

            var exitCode = await instance.Process.WaitForExitAsync(_stopping.Token);
            return AfterExit(exitCode);
        }
        catch (OperationCanceledException)
        {
            return "host stopped";
        }
        finally
        {
            Forget();
        }
    }

    private string? AfterExit(int exitCode)
    {
        _journal.Exited(exitCode);
        lock (_lock)
        {
            if (_isKilledByHost)
            {
                _isKilledByHost = false;
                return null;
            }
        }

        if (exitCode == 0)
        {
            return "handler ended with 0 and is not started again";
        }

        if (exitCode == IntendedRestart)
        {
            return null;
        }

        _errors.RemoveAll(at => TimeProvider.System.GetElapsedTime(at) > ErrorWindow);
        _errors.Add(TimeProvider.System.GetTimestamp());
        return _errors.Count >= MaxErrors ? $"host stopped: {MaxErrors} handler errors within {ErrorWindow.TotalMinutes:0} minutes" : null;
    }

    private void Forget()
    {
        lock (_lock)
        {
            _current = null;
            RenewReady();
        }
    }

    private void RenewReady()
    {
        if (_ready.Task.IsCompleted)
        {
            _ready = NewSource();
        }
    }

    private void GiveUp(string reason)
    {
        lock (_lock)
        {
            _ready.TrySetException(new HostException(reason));
            _ = _ready.Task.Exception; // observed: there may be no invocation to tell
        }
    }
}
