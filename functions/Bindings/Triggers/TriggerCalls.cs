using System.Text.Json;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Triggers;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>Hands the event of one invocation to the app.</summary>
internal sealed class TriggerCalls(ComponentRegistry registry, Lazy<BindingDelivery> delivery, TriggerPatience patience)
{
    private const string Silence = "the app did not answer";

    /// <summary>Delivers with patience; what does not get through in time ends as unreachable.</summary>
    /// <param name="patience">How long.</param>
    /// <param name="component">Whose event it is.</param>
    /// <param name="attempt">Tries once; only the app's refusal ends at once.</param>
    /// <param name="aborted">The host has gone away.</param>
    public static async ValueTask<DeliveryResult> DeliverAsync(TriggerPatience patience, string component, Func<CancellationToken, ValueTask<DeliveryResult>> attempt, CancellationToken aborted)
    {
        var last = default(DeliveryResult);
        var missed = await patience.TryAsync(
            component,
            async token =>
            {
                last = await attempt(token);
                return last.Outcome == DeliveryOutcome.Unreachable ? last.Fault : null;
            },
            Silence,
            aborted);
        return missed is null ? last : DeliveryResult.Unreachable(missed);
    }

    /// <summary>Runs one invocation; null when the app took the event, else why not.</summary>
    public async Task<string?> RunAsync(TriggerFunction function, TriggerPayload payload, CancellationToken aborted)
    {
        try
        {
            return (await DeliverAsync(patience, function.Component!, token => TryAsync(function, payload, token), aborted)).Fault;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or BindingException)
        {
            return $"the message can't be read: {exception.Message}";
        }
    }

    private async ValueTask<DeliveryResult> TryAsync(TriggerFunction function, TriggerPayload payload, CancellationToken cancellationToken)
    {
        if (!registry.TryAcquire<BindingComponent>(function.Component!, out var lease))
        {
            return DeliveryResult.Unreachable("the component is not loaded");
        }

        using var held = lease;
        return held.Component.Input is not ITriggeredBinding binding ? DeliveryResult.Unreachable("the component is no input binding that a trigger brings events to")
            : !function.Fits(binding.TriggerFields) ? DeliveryResult.Unreachable(function.Mismatch)
            : await delivery.Value.DeliverAsync(held.Component, binding.FromTrigger(payload), cancellationToken);
    }
}
