namespace Serverless.Components.Registry.Live;

/// <summary>The right to call a component; while it is held the component is not disposed.</summary>
/// <typeparam name="T">The building block's component type.</typeparam>
public readonly struct ComponentLease<T> : IDisposable
    where T : class, IComponent
{
    private readonly LiveComponent _live;

    internal ComponentLease(LiveComponent live, T component)
    {
        _live = live;
        Component = component;
    }

    /// <summary>The component.</summary>
    public T Component { get; }

    /// <summary>Gives the right back; once.</summary>
    public void Dispose() => _live.Exit();
}
