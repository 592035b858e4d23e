using Microsoft.Extensions.Logging;
using Serverless.Components.Workflows.Instances;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>The built-in workflow engine of one process over one store: standalone it finds its work in the store, behind the Functions host it is rung for.</summary>
public sealed partial class WorkflowRuntime : IAsyncDisposable
{
    // A session that may own unknown work is replaced; not more often than this, however much goes wrong.
    private static readonly TimeSpan ShortestSession = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRetirement = TimeSpan.FromSeconds(30);

    private readonly ExecutionScope _scope;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _retiring = [];
    private Task _running = Task.CompletedTask;
    private Worker? _worker;
    private int _isStopped;

    private WorkflowRuntime(ExecutionScope scope)
    {
        _scope = scope;
        Engine = new StoreWorkflowEngine(scope, () => _worker);
    }

    /// <summary>Starts and manages instances.</summary>
    public IWorkflowEngine Engine { get; }

    /// <summary>Opens the store and begins to work.</summary>
    /// <exception cref="Registry.ComponentException">The component keeps no workflows.</exception>
    /// <exception cref="WorkflowStoreException">The store can't be used.</exception>
    public static Task<WorkflowRuntime> OpenAsync(WorkflowRuntimeOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return OpenAsync(options, WorkflowStores.Create(options.Context, options.AppId), cancellationToken);
    }

    /// <summary>Begins to work on a store, which it closes at its end.</summary>
    internal static async Task<WorkflowRuntime> OpenAsync(WorkflowRuntimeOptions options, IWorkflowStore store, CancellationToken cancellationToken)
    {
        try
        {
            await store.InitializeAsync(cancellationToken);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }

        var runtime = new WorkflowRuntime(new ExecutionScope(options, store));
        if (options is { RunsWork: true, Dispatcher: null })
        {
            runtime._running = Task.Run(runtime.WorkAsync, CancellationToken.None);
        }

        return runtime;
    }

    /// <summary>Takes no more work, finishes what runs, and gives the rest back.</summary>
    /// <param name="cut">Ends what still runs; it is done again elsewhere.</param>
    public async Task StopAsync(CancellationToken cut)
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        await using var cutting = cut.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _cut);
        await _stopping.CancelAsync();
        await _running.WaitAsync(CancellationToken.None);

        // An invocation may be about to open a session; the next ones find that it is over.
        await _opening.WaitAsync(CancellationToken.None);
        _opening.Release();
        if (Interlocked.Exchange(ref _worker, null) is { } worker)
        {
            await worker.DrainAsync(_cut.Token);
        }

        Task[] retiring;
        lock (_gate)
        {
            retiring = [.. _retiring];
        }

        await Task.WhenAll(retiring);
        await _scope.Store.DisposeAsync();
    }

    /// <summary>Stops at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _stopping.Dispose();
        _cut.Dispose();
    }

    private async Task WorkAsync()
    {
        var pause = new RetryPause();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _worker = await Worker.OpenAsync(_scope, _stopping.Token);
                _scope.Trouble.Clear("opening a session");
                LogOpened(_scope.Logger, _scope.Options.Context.Name, _worker.Id);
                pause.Reset();
                await Task.Delay(ShortestSession, _scope.Time, _stopping.Token);
                await _worker.WhenEndedAsync(_stopping.Token);
                Replace(_worker);
            }
            catch (Exception failure)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    _scope.Trouble.Report("opening a session", failure);
                    await PauseAsync(pause.Next());
                }
            }
        }
    }

    // It finishes what it has under its old session, if that lives, while a new one begins.
    private void Replace(Worker worker)
    {
        LogRetired(_scope.Logger, _scope.Options.Context.Name, worker.Id, worker.Lost.IsCancellationRequested ? "lost" : "replaced, because an answer of the store was lost");
        var task = RetireAsync(worker);
        lock (_gate)
        {
            _retiring.RemoveWhere(static ended => ended.IsCompleted);
            _retiring.Add(task);
        }
    }

    private async Task RetireAsync(Worker worker)
    {
        using var limit = new CancellationTokenSource(LongestRetirement, _scope.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _cut.Token);
        await worker.DrainAsync(either.Token);
    }

    private async ValueTask PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _scope.Time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the reason.
        }
    }

    [LoggerMessage(LogLevel.Information, "workflows on '{Component}': working, session {Session}")]
    private static partial void LogOpened(ILogger logger, string component, Guid session);

    [LoggerMessage(LogLevel.Warning, "workflows on '{Component}': session {Session} was {Reason}")]
    private static partial void LogRetired(ILogger logger, string component, Guid session, string reason);
}
