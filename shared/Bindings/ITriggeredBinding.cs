using Serverless.Components.Registry.Triggers;

namespace Serverless.Components.Bindings;

/// <summary>An input binding whose events a trigger of the Functions host can bring.</summary>
public interface ITriggeredBinding : IInputBinding
{
    /// <summary>
    /// The members of the generated trigger that decide where its events come from, by name, for example <c>queueName</c>. A trigger whose
    /// members differ belongs to other settings than these, and its events are held back.
    /// </summary>
    IReadOnlyDictionary<string, string> TriggerFields { get; }

    /// <summary>The event inside a trigger's payload, as <see cref="IInputBinding.ReadAsync"/> would hand it over.</summary>
    BindingEvent FromTrigger(TriggerPayload payload);
}
