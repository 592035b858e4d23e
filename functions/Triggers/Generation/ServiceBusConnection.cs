namespace Serverless.Functions.Triggers.Generation;

/// <summary>The settings by which a Service Bus trigger finds the namespace of a component.</summary>
/// <remarks>Functions docs: functions-bindings-service-bus-trigger, "Connections".</remarks>
internal static class ServiceBusConnection
{
    private const string Domain = "servicebus.windows.net";

    public static SettingGroup Of(TriggerSource source)
    {
        var group = source.OwnSettings;
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
