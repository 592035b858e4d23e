using System.Text.Json;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>Hands the event of one invocation to the app, and waits while that can't be done.</summary>
/// <remarks>
/// The host counts every failed invocation and gives a message up after a few. So only the app's refusal fails at once; an app that
/// is down, or a component that is not the package's, makes the invocation wait, at growing distances, up to its deadline.
/// </remarks>
internal sealed class TriggerCalls(ComponentRegistry registry, Lazy<BindingDelivery?> delivery, TriggerStatus status, TimeSpan deadline, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Runs one invocation; null when the app took the event, else why not.</summary>
    public async Task<string?> RunAsync(TriggerFunction function, TriggerPayload payload, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        var reason = "the app did not answer";
        try
        {
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                var result = await TryAsync(function, payload, either.Token);
                if (result.Outcome != DeliveryOutcome.Unreachable)
                {
                    // Refused or not: the app is there.
                    status.Clear(function.Component!);
                    return result.Fault;
                }

                reason = result.Fault!;
                status.Wait(function.Component!, reason);
                await Task.Delay(pause, time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return $"not delivered within {deadline.TotalSeconds:0} s: {reason}";
        }
        catch (Exception exception) when (exception is JsonException or FormatException or BindingException)
        {
            return $"the message can't be read: {exception.Message}";
        }
    }

    /// <summary>What is told of a component whose trigger was generated from other settings.</summary>
    public static string Mismatch(TriggerFunction function) =>
        $"its settings differ from those of its trigger in the package ({string.Join(", ", function.Fields.Where(static field => field.Key is "queueName" or "schedule").Select(static field => $"{field.Key} {field.Value}"))}): publish the app again";

    private async ValueTask<DeliveryResult> TryAsync(TriggerFunction function, TriggerPayload payload, CancellationToken cancellationToken)
    {
        if (!registry.TryAcquire<BindingComponent>(function.Component!, out var lease))
        {
            return DeliveryResult.Unreachable("the component is not loaded");
        }

        using var held = lease;
        return held.Component.Input is not ITriggeredBinding binding ? DeliveryResult.Unreachable("the component is no input binding that a trigger brings events to")
            : !function.Fits(binding.TriggerFields) ? DeliveryResult.Unreachable(Mismatch(function))
            : delivery.Value is not { } app ? DeliveryResult.Unreachable("no app is named: set APP_URL or --app-port")
            : await app.DeliverAsync(held.Component, binding.FromTrigger(payload), cancellationToken);
    }
}
