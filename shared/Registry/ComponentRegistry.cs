using Serverless.Components.Registry.Live;

namespace Serverless.Components.Registry;

/// <summary>Gives out the live components by name.</summary>
public sealed class ComponentRegistry
{
    /// <summary>The loaded resources.</summary>
    public LiveSet Live { get; } = new();

    /// <summary>Takes the running component of that name for one call. No lock is taken.</summary>
    /// <returns>False when there is none of that name and type.</returns>
    public bool TryAcquire<T>(string name, out ComponentLease<T> lease)
        where T : class, IComponent
    {
        while (true)
        {
            var view = Live.View;
            if (view.Component(name) is not { Instance: T component } live)
            {
                lease = default;
                return false;
            }

            if (live.TryEnter())
            {
                lease = new ComponentLease<T>(live, component);
                return true;
            }

            // Retired between the look-up and the entry: its successor, if any, is in a newer view.
            if (ReferenceEquals(view, Live.View))
            {
                lease = default;
                return false;
            }
        }
    }
}
