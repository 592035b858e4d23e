using Serverless.Components.Registry.Resources;

namespace Serverless.Components.Registry.Live;

/// <summary>A component as loaded: its definition with a running instance, or with the reason why there is none.</summary>
/// <remarks>Calls enter and leave without a lock; the instance is disposed when it is retired and the last call has left.</remarks>
public sealed class LiveComponent
{
    private const int Retired = 1 << 30;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    /// <summary>A running component.</summary>
    public LiveComponent(ComponentDefinition definition, IComponent instance)
    {
        Definition = definition;
        Instance = instance;
    }

    /// <summary>A component that failed to load and is left out.</summary>
    public LiveComponent(ComponentDefinition definition, string fault)
    {
        Definition = definition;
        Fault = fault;
    }

    /// <summary>The definition it was made from.</summary>
    public ComponentDefinition Definition { get; }

    /// <summary>The running instance, or null when loading failed.</summary>
    public IComponent? Instance { get; }

    /// <summary>Why there is no instance, or null.</summary>
    public string? Fault { get; }

    /// <summary>Begins a call; false when the component is retired.</summary>
    internal bool TryEnter()
    {
        if ((Interlocked.Increment(ref _state) & Retired) == 0)
        {
            return true;
        }

        Exit();
        return false;
    }

    /// <summary>Ends a call.</summary>
    internal void Exit()
    {
        if (Interlocked.Decrement(ref _state) == Retired)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Refuses new calls, waits for running ones at most <paramref name="limit"/>, and disposes the instance.</summary>
    internal async Task RetireAsync(TimeSpan limit, TimeProvider time)
    {
        if (Interlocked.Or(ref _state, Retired) == 0)
        {
            _drained.TrySetResult();
        }

        try
        {
            await _drained.Task.WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            // The cap is the contract: a call that hangs longer loses its instance.
        }

        if (Instance is not null)
        {
            await Instance.DisposeAsync();
        }
    }
}
