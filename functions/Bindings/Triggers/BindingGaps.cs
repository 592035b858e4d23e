using Serverless.Components.Bindings;
using Serverless.Components.Registry.Live;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>Input bindings that the triggers of the package don't serve, or not as they are now.</summary>
internal static class BindingGaps
{
    /// <summary>Why no events come in by a component; null when they do, or it is no input.</summary>
    public static string? Find(LiveComponent live, IReadOnlyList<TriggerFunction> functions) =>
        live.Instance is BindingComponent { Input: { } input } ? Find(live.Definition.Key.Name, input, functions) : null;

    private static string? Find(string component, IInputBinding input, IReadOnlyList<TriggerFunction> functions) =>
        input is IWebhookBinding ? null
        : input is IScheduledBinding schedule && MinuteTimer.Serves(component, input, functions) && functions.Any(static function => function.Component is null)
            ? schedule.IsFinerThanMinute ? "the shared timer looks only once a minute: ticks in between are left out" : null
        : input is not ITriggeredBinding triggered ? "the Functions host has no trigger for this type: no event arrives"
        : functions.FirstOrDefault(function => function.Component == component) is not { } function ? "the package has no trigger for it: no event arrives until the app is published with the component"
        : !function.Fits(triggered.TriggerFields) ? function.Mismatch
        : null;
}
