using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.State;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Execution;
using Serverless.Functions.Hosting;

namespace Serverless.Functions.Workflows;

/// <summary>Runs the built-in engine on the state store marked <c>actorStateStore</c>, and passes it on when a reload replaces that component.</summary>
/// <remarks>
/// With workflows of its own the process opens the engine in the background, and again until it succeeds; without, the first call opens it. An
/// engine for the id of another app only starts and manages instances, which that app's own processes run.
/// </remarks>
/// <param name="options">The settings.</param>
/// <param name="registry">The components.</param>
/// <param name="catalog">The workflows and activities; null when none are registered.</param>
/// <param name="remote">Makes the way to activities of the app; gives null without an app.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where it is told that workflows do not run.</param>
internal sealed partial class WorkflowHost(RuntimeOptions options, ComponentRegistry registry, WorkflowCatalog? catalog, Func<RemoteActivities?> remote, TimeProvider time, ILoggerFactory loggers)
    : IAsyncDisposable
{
    private const int MostOthers = 32;
    private const string DispatcherType = "workflow.dispatcher.";
    private const string LogScope = "dapr.runtime.workflows";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>What work under way may take when a reload replaces the store; the registry allows 30 s in all.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(28);

    private static readonly TimeSpan CloseGap = TimeSpan.FromMilliseconds(10);

    // In case a component goes without its successor being told of.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EngineSlot> _others = new(StringComparer.Ordinal);
    private readonly List<string> _otherIds = [];
    private readonly HashSet<string> _passedOn = new(StringComparer.Ordinal);
    private readonly List<Task> _leaving = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _hurrying = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EngineSlot? _own;
    private Task _keeping = Task.CompletedTask;
    private bool _isStopped;

    /// <summary>Whether this process runs workflows: without any of its own it leaves those of the store to others.</summary>
    public bool HasWorkflows => catalog is { Workflows.Count: > 0 };

    /// <summary>Begins to run the workflows that are registered; without any nothing is loaded.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _keeping = HasWorkflows ? KeepAsync(_stopping.Token) : _keeping;
        }
    }

    /// <summary>Finds the engine for an app id, and opens it if need be.</summary>
    public async ValueTask<EngineLookup> FindAsync(string appId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (slot, lookup) = await FindSlotAsync(appId, cancellationToken);
            if (slot is null)
            {
                return lookup;
            }

            var (runtime, missing) = await OpenAsync(slot, cancellationToken);
            if (runtime is null || slot.TryEnter())
            {
                return runtime is null ? missing : EngineLookup.Found(runtime.Engine, slot);
            }

            // It is being closed at this moment: another one takes its place, or there is a reason why not.
            await Task.Delay(CloseGap, time, cancellationToken);
        }
    }

    /// <summary>Finds the engine of this app with its inner side; without one the second part says why.</summary>
    public async ValueTask<(WorkflowRuntime? Runtime, EngineLookup Missing)> FindRuntimeAsync(CancellationToken cancellationToken)
    {
        var (slot, missing) = await FindSlotAsync(options.AppId, cancellationToken);
        return slot is null ? (null, missing) : await OpenAsync(slot, cancellationToken);
    }

    private async ValueTask<(EngineSlot? Slot, EngineLookup Missing)> FindSlotAsync(string appId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (FindPlace(out var place) is { } fault)
            {
                return (null, EngineLookup.Missing(fault));
            }

            Task changed;
            EngineSlot? slot, expelled;
            lock (_gate)
            {
                if (_isStopped)
                {
                    return (null, EngineLookup.Closed);
                }

                changed = _changed.Task;
                slot = appId == options.AppId ? OwnAt(place!, out expelled) : OtherAt(place!, appId, out expelled);
                Leave(expelled, new CancellationToken(canceled: true));
            }

            if (slot is null)
            {
                // It passes from one instance of the component to the next.
                await Task.WhenAny(changed, Task.Delay(LongestWait, time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                continue;
            }

            return (slot, default);
        }
    }

    /// <summary>A component went live: an engine that ran on its predecessor starts on it.</summary>
    /// <exception cref="ComponentException">The engine can't run on it.</exception>
    public async Task ActivateAsync(LiveComponent live, CancellationToken cancellationToken)
    {
        bool isExpected;
        lock (_gate)
        {
            isExpected = _passedOn.Remove(live.Definition.Key.Name) && IsPart(live);
            Signal();
        }

        if (!isExpected)
        {
            return;
        }

        var (runtime, missing) = await FindRuntimeAsync(cancellationToken);
        if (runtime is null && !missing.IsClosed)
        {
            throw new ComponentException($"component '{live.Definition.Key.Name}': the workflow engine does not run on it: {missing.Fault}");
        }
    }

    /// <summary>A component goes: the engine on it drains and stops, within 30 s.</summary>
    public async Task DeactivateAsync(LiveComponent live)
    {
        EngineSlot? own;
        Task<bool> leaving;
        lock (_gate)
        {
            own = _own?.Place.Uses(live) == true ? _own : null;
            foreach (var id in _otherIds.FindAll(id => _others[id].Place.Uses(live)))
            {
                Leave(Forget(id), new CancellationToken(canceled: true));
            }

            if (own is null)
            {
                return;
            }

            leaving = DrainAsync(own);
            _leaving.Add(leaving);
        }

        var wasOpen = await leaving;
        lock (_gate)
        {
            _leaving.Remove(leaving);
            _own = ReferenceEquals(_own, own) ? null : _own;
            _ = wasOpen && _passedOn.Add(live.Definition.Key.Name);
            Signal();
        }
    }

    /// <summary>Takes no work from now on, and waits for what is under way; at <paramref name="cut"/> it is cancelled.</summary>
    public async Task StopAsync(CancellationToken cut)
    {
        List<Task> leaving;
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
            leaving = [.. _leaving, .. _others.Values.Append(_own).OfType<EngineSlot>().Select(slot => slot.CloseAsync(cut))];
            _others.Clear();
            _own = null;
        }

        await _stopping.CancelAsync();
        await using var hurry = cut.Register(_hurrying.Cancel);
        await Task.WhenAll([.. leaving, _keeping]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _stopping.Dispose();
        _hurrying.Dispose();
    }

    private static bool IsPart(LiveComponent live) => live.Instance is StateStoreComponent { IsActorStateStore: true } or IWorkflowDispatcher;
}
