using System.Collections.Frozen;
using Serverless.Components.Bindings;
using Serverless.Functions.Triggers;
using Serverless.Functions.Triggers.Generation;

namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>Which trigger brings the events of each type of input binding.</summary>
internal static class BindingTriggerTypes
{
    private const string NoTrigger = "the Functions host has no trigger for this type: its events arrive standalone only";

    private static readonly FrozenDictionary<string, Func<TriggerSource, TriggerDraft>> Drafts = new Dictionary<string, Func<TriggerSource, TriggerDraft>>(StringComparer.Ordinal)
    {
        ["bindings.azure.eventgrid"] = static source => TriggerDraft.None($"events arrive by HTTP at /v1.0/events/{source.Name}{(source.Find("webhookSecret") is null && source.Find("webhookAudience") is not null ? "" : "/<webhookSecret>")}"),
        ["bindings.azure.servicebusqueues"] = static source => Queue(source, TriggerNames.ServiceBus, source.Field("queueName"), ServiceBusConnection.Of(source)),
        ["bindings.azure.storagequeues"] = static source => Queue(source, TriggerNames.Queue, source.Field("queueName", "queue", "storageAccountQueue"), StorageQueueConnection.Of(source)),
        ["bindings.cron"] = CronTrigger.Draft,
        ["bindings.rabbitmq"] = static _ => TriggerDraft.None(NoTrigger),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the component asks for; null when no events come in by it.</summary>
    /// <exception cref="GenerationException">The component's items don't make a trigger.</exception>
    public static TriggerDraft? Draft(TriggerSource source)
    {
        if (!source.Type.StartsWith("bindings.", StringComparison.Ordinal))
        {
            return null;
        }

        var direction = new BindingDirection(source.Plain("direction"));
        return !direction.IsInput ? null
            : Drafts.TryGetValue(source.Type, out var draft) ? draft(source)
            : direction.NamesInput ? TriggerDraft.None(NoTrigger)
            : null;
    }

    private static TriggerDraft Queue(TriggerSource source, string type, string queue, SettingGroup connection) =>
        new() { Functions = [GeneratedFunction.Queue(source.Function, source.Name, type, queue, connection)], Settings = [connection.WithQueue(queue)] };
}
