using System.Collections.Frozen;

namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>Which trigger brings the events of each type of input binding.</summary>
internal static class TriggerTypes
{
    private const string NoTrigger = "the Functions host has no trigger for this type: its events arrive standalone only";

    private static readonly FrozenDictionary<string, Func<TriggerSource, TriggerDraft>> Drafts = new Dictionary<string, Func<TriggerSource, TriggerDraft>>(StringComparer.Ordinal)
    {
        ["bindings.azure.eventgrid"] = static source => TriggerDraft.None($"events arrive by HTTP at /v1.0/events/{source.Name}{(source.Find("webhookSecret") is null && source.Find("webhookAudience") is not null ? "" : "/<webhookSecret>")}"),
        ["bindings.azure.servicebusqueues"] = ServiceBusQueueTrigger.Draft,
        ["bindings.azure.storagequeues"] = StorageQueueTrigger.Draft,
        ["bindings.cron"] = CronTrigger.Draft,
        ["bindings.rabbitmq"] = static _ => TriggerDraft.None(NoTrigger),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the component asks for; null when no events come in by it.</summary>
    /// <exception cref="GenerationException">The component's items don't make a trigger.</exception>
    public static TriggerDraft? Draft(TriggerSource source) =>
        !source.Type.StartsWith("bindings.", StringComparison.Ordinal) || !source.IsInput ? null
        : Drafts.TryGetValue(source.Type, out var draft) ? draft(source)
        : source.IsInputExplicit ? TriggerDraft.None(NoTrigger)
        : null;
}
