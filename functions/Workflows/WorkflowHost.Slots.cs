using System.Runtime.CompilerServices;
using Serverless.Components.Registry.Live;
using Serverless.Components.Registry.Resources;
using Serverless.Components.State;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Execution;

namespace Serverless.Functions.Workflows;

/// <content>The engines that are open, and how they are opened.</content>
internal sealed partial class WorkflowHost
{
    private PlaceFound? _found;

    /// <summary>What the engine is to stand on now, or why there is nothing.</summary>
    private string? FindPlace(out EnginePlace? place)
    {
        var view = registry.Live.View;
        var found = Volatile.Read(ref _found);
        if (!ReferenceEquals(found?.View, view))
        {
            var fault = FindPlace(view, out place);
            found = new PlaceFound(view, place, fault);
            Volatile.Write(ref _found, found);
        }

        place = found!.Place;
        return found.Fault;
    }

    private string? FindPlace(LiveView view, out EnginePlace? place)
    {
        place = null;
        var store = view.Components.FirstOrDefault(live => live.Instance is StateStoreComponent { IsActorStateStore: true });
        if (store is null)
        {
            return WorkflowErrors.NoStore;
        }

        var dispatcher = options.UnderHost ? view.Components.FirstOrDefault(live => live.Definition.Type.StartsWith(DispatcherType, StringComparison.OrdinalIgnoreCase)) : null;
        if (dispatcher is { Instance: not IWorkflowDispatcher })
        {
            return $"the dispatcher '{dispatcher.Definition.Key.Name}' is not loaded: {dispatcher.Fault}";
        }

        place = new EnginePlace(store, dispatcher);
        return null;
    }

    /// <summary>The slot of this app's engine; null while it is still on another place.</summary>
    private EngineSlot? OwnAt(EnginePlace place, out EngineSlot? expelled)
    {
        expelled = null;
        if (_own is not null && _own.Place != place && !_own.IsOpen)
        {
            expelled = _own;
            _own = null;
        }

        _own ??= Slot(place, options.AppId);
        return _own.Place == place ? _own : null;
    }

    private EngineSlot OtherAt(EnginePlace place, string appId, out EngineSlot? expelled)
    {
        expelled = null;
        if (_others.TryGetValue(appId, out var slot) && slot.Place == place)
        {
            // The one that was not asked for longest goes first.
            _otherIds.Remove(appId);
            _otherIds.Add(appId);
            return slot;
        }

        expelled = slot is not null ? Forget(appId) : _others.Count >= MostOthers ? Forget(_otherIds[0]) : null;
        _otherIds.Add(appId);
        return _others[appId] = Slot(place, appId);
    }

    private EngineSlot Forget(string appId)
    {
        _others.Remove(appId, out var slot);
        _otherIds.Remove(appId);
        return slot!;
    }

    private EngineSlot Slot(EnginePlace place, string appId) => new(place, cancellationToken => OpenRuntimeAsync(place, appId, cancellationToken), time);

    // Apart, so that a process without workflows loads nothing of the engine.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<WorkflowRuntime> OpenRuntimeAsync(EnginePlace place, string appId, CancellationToken cancellationToken)
    {
        var isOwn = appId == options.AppId;
        var activities = isOwn ? remote() : null;
        if (isOwn && HasWorkflows && options.UnderHost && place.Dispatcher is null)
        {
            LogNoDispatcher(loggers.CreateLogger(LogScope));
        }

        return WorkflowRuntime.OpenAsync(
            new WorkflowRuntimeOptions
            {
                Context = ((StateStoreComponent)place.Store.Instance!).Context,
                AppId = appId,
                Catalog = catalog ?? new WorkflowCatalog(),
                Settings = () => registry.Live.View.Configuration.Workflow ?? WorkflowConfiguration.Empty,
                // A queue is read by one app alone; the work of another one is found by its own sweep.
                Dispatcher = isOwn ? place.Dispatcher?.Instance as IWorkflowDispatcher : null,
                Remote = activities is null ? null : activities.CallAsync,
                RunsWork = isOwn && HasWorkflows,
            },
            cancellationToken);
    }

    private async ValueTask<(WorkflowRuntime? Runtime, EngineLookup Missing)> OpenAsync(EngineSlot slot, CancellationToken cancellationToken)
    {
        try
        {
            return (await slot.OpenAsync().WaitAsync(cancellationToken), default);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Closed while it opened: the process stops, or the store goes.
            return (null, _isStopped ? EngineLookup.Closed : EngineLookup.Missing("the state store is being replaced"));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, EngineLookup.Missing(exception.Message));
        }
    }

    private async Task<bool> DrainAsync(EngineSlot slot)
    {
        using var limit = new CancellationTokenSource(DrainLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _hurrying.Token);
        return await slot.CloseAsync(either.Token);
    }

    private void Leave(EngineSlot? slot, CancellationToken cut)
    {
        if (slot is not null)
        {
            _leaving.RemoveAll(task => task.IsCompleted);
            _leaving.Add(slot.CloseAsync(cut));
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Sees to it that this app's engine runs, whatever becomes of its store.</summary>
    private async Task KeepAsync(CancellationToken stopping)
    {
        await Task.Yield();
        string? told = null;
        for (var pause = FirstPause; !stopping.IsCancellationRequested; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
            }

            var (runtime, missing) = await FindRuntimeAsync(stopping);
            if (runtime is not null)
            {
                told = null;
                pause = FirstPause;
                await changed.WaitAsync(stopping);
            }
            else if (missing.IsClosed)
            {
                return;
            }
            else
            {
                Tell(missing.Fault ?? "", ref told);
                await Task.WhenAny(changed, Task.Delay(pause, time, stopping));
            }
        }
    }

    private void Tell(string fault, ref string? told)
    {
        if (fault != told)
        {
            told = fault;
            LogNotRunning(loggers.CreateLogger(LogScope), fault);
        }
    }

    private sealed record PlaceFound(LiveView View, EnginePlace? Place, string? Fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "workflows do not run: {Fault}")]
    private static partial void LogNotRunning(ILogger logger, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "workflows advance only while this instance lives: there is no component of type workflow.dispatcher.*, by which the host would wake it")]
    private static partial void LogNoDispatcher(ILogger logger);
}
