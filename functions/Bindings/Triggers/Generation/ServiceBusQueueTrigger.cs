namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>The trigger of <c>bindings.azure.servicebusqueues</c>.</summary>
/// <remarks>Functions docs: functions-bindings-service-bus-trigger, "Connections".</remarks>
internal static class ServiceBusQueueTrigger
{
    private const string Domain = "servicebus.windows.net";

    public static TriggerDraft Draft(TriggerSource source) =>
        TriggerDraft.Queue(TriggerNames.ServiceBus, source.Field("queueName"), Connection(source));

    private static SettingGroup Connection(TriggerSource source)
    {
        var group = SettingGroup.NameOf(source.Name);
        return source.Find("connectionString") is { } connectionString
            ? SettingGroup.OfConnectionString(connectionString.EnvironmentVariable ?? group, "Service Bus namespace")
            : SettingGroup.OfIdentity(group, "fullyQualifiedNamespace", Address(source), ClientId.Of(source));
    }

    private static string Address(TriggerSource source) => source.Find("namespaceName")?.Value switch
    {
        null => $"<name.{Domain}>",
        var name when name.Contains('.', StringComparison.Ordinal) => name,
        var name => $"{name}.{Domain}",
    };
}
