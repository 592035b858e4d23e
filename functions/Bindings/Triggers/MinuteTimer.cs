using System.Globalization;
using System.Text.Json;
using Serverless.Components.Bindings;
using Serverless.Components.Registry;

namespace Serverless.Functions.Bindings.Triggers;

/// <summary>The shared timer: asks every schedule without a timer of its own whether it is due.</summary>
internal sealed class MinuteTimer(ComponentRegistry registry, IReadOnlyList<TriggerFunction> functions, Lazy<BindingDelivery?> delivery, TriggerPatience patience)
{
    /// <summary>Whether the shared timer serves a component.</summary>
    public static bool Serves(string component, IInputBinding? input, IReadOnlyList<TriggerFunction> functions) =>
        input is IScheduledBinding && functions.All(function => function.Component != component);

    /// <summary>Fires what is due; null when nothing failed.</summary>
    public async Task<string?> RunAsync(TriggerPayload payload, CancellationToken aborted)
    {
        var last = LastRun(payload.Data.Span);
        var firings = registry.Live.View.Components
            .Where(live => live.Instance is BindingComponent binding && Serves(binding.Name, binding.Input, functions))
            .Select(live => FireAsync(live.Definition.Key.Name, last, aborted));
        var faults = (await Task.WhenAll(firings)).OfType<string>().ToArray();
        return faults.Length == 0 ? null : string.Join("; ", faults);
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

        try
        {
            var result = await schedule.FireDueAsync(
                (read, ending) => patience.DeliverAsync(
                    component,
                    token => delivery.Value is { } app ? app.DeliverAsync(held.Component, read, token) : ValueTask.FromResult(DeliveryResult.Unreachable(TriggerCalls.NoApp)),
                    ending),
                last,
                aborted);
            return result?.Fault is { } fault ? $"{component}: {fault}" : null;
        }
        catch (BindingException exception)
        {
            return $"{component}: {exception.Message}";
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
