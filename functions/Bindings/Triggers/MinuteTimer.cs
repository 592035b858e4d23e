using System.Globalization;
using System.Text.Json;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Triggers;
using Serverless.Functions.Triggers;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>The shared timer: asks every schedule without a timer of its own whether it is due.</summary>
/// <remarks>A tick that does not reach the app within the invocation stays due, and the next minute's invocation tries again.</remarks>
internal sealed class MinuteTimer(ComponentRegistry registry, IReadOnlyList<TriggerFunction> functions, Lazy<BindingDelivery> delivery, TriggerPatience patience, TimeProvider time)
{
    // The host's timers can be early by less than that (azure-webjobs-sdk-extensions, TimerListener).
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Whether the shared timer serves a component.</summary>
    public static bool Serves(string component, IInputBinding? input, IReadOnlyList<TriggerFunction> functions) =>
        input is IScheduledBinding && functions.All(function => function.Component != component);

    /// <summary>Fires what is due; null when nothing failed.</summary>
    public async Task<string?> RunAsync(TriggerPayload payload, CancellationToken aborted)
    {
        await WaitForMinuteAsync(aborted);
        var last = LastRun(payload.Data.Span);
        var firings = registry.Live.View.Components
            .Where(live => live.Instance is BindingComponent binding && Serves(binding.Name, binding.Input, functions))
            .Select(live => FireAsync(live.Definition.Key.Name, last, aborted));
        try
        {
            var faults = (await Task.WhenAll(firings).WaitAsync(patience.Deadline + patience.Grace, time, aborted)).OfType<string>().ToArray();
            return faults.Length == 0 ? null : string.Join("; ", faults);
        }
        catch (TimeoutException)
        {
            return "what remembers the ticks of a schedule does not answer";
        }
    }

    // The ticks of a minute would otherwise be found a minute later.
    private async Task WaitForMinuteAsync(CancellationToken aborted)
    {
        while (TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (time.GetUtcNow().Ticks % TimeSpan.TicksPerMinute)) is var left && left <= Early)
        {
            await Task.Delay(left > ShortestWait ? left : ShortestWait, time, aborted);
        }
    }

    private async Task<string?> FireAsync(string component, DateTimeOffset? last, CancellationToken aborted)
    {
        if (!registry.TryAcquire<BindingComponent>(component, out var lease))
        {
            return null;
        }

        using var held = lease;
        if (held.Component.Input is not IScheduledBinding schedule)
        {
            return null;
        }

        string? missed = null;
        using var givingUp = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        try
        {
            return (await schedule.FireDueAsync(OfferAsync, last, givingUp.Token))?.Fault is { } fault ? $"{component}: {fault}" : missed;
        }
        catch (OperationCanceledException) when (missed is not null)
        {
            return missed;
        }
        catch (BindingException exception)
        {
            return $"{component}: {exception.Message}";
        }

        async ValueTask<DeliveryResult> OfferAsync(BindingEvent read, CancellationToken ending)
        {
            var result = await TriggerCalls.DeliverAsync(patience, component, token => delivery.Value.DeliverAsync(held.Component, read, token), ending);
            if (result.Outcome == DeliveryOutcome.Unreachable)
            {
                missed = $"{component}: {result.Fault}";
                await givingUp.CancelAsync();
                givingUp.Token.ThrowIfCancellationRequested();
            }

            return result;
        }
    }

    // {"Schedule":…,"ScheduleStatus":{"Last":…,"Next":…},"IsPastDue":…}; the status is null where the host keeps none.
    private static DateTimeOffset? LastRun(ReadOnlySpan<byte> timer)
    {
        try
        {
            var reader = new Utf8JsonReader(timer);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("ScheduleStatus", out var status) && status.ValueKind == JsonValueKind.Object
                && status.TryGetProperty("Last", out var last) && last.ValueKind == JsonValueKind.String
                && DateTimeOffset.TryParse(last.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                && time.Year > 1 ? time : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
