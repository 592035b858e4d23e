using Serverless.Components.Bindings;
using Serverless.Components.Registry.Triggers;

namespace Serverless.Tests.Functions.Bindings.Triggers;

/// <summary>A schedule that fires as a test says.</summary>
internal sealed class ScriptedSchedule : FakeInput, IScheduledBinding
{
    public string? TimerSchedule => null;

    public bool IsFinerThanMinute => false;

    public IReadOnlyDictionary<string, string> TriggerFields { get; } = new Dictionary<string, string>();

    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    /// <summary>What it does when it is asked.</summary>
    public Func<BindingHandler, CancellationToken, ValueTask<DeliveryResult?>> OnAsked { get; set; } = (_, _) => ValueTask.FromResult<DeliveryResult?>(null);

    public ValueTask<DeliveryResult?> FireDueAsync(BindingHandler handler, DateTimeOffset? lastAsked, CancellationToken cancellationToken)
    {
        Asked++;
        return OnAsked(handler, cancellationToken);
    }

    public BindingEvent FromTrigger(TriggerPayload payload) => new();
}
