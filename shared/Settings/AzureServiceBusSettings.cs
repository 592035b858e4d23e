using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>Metadata items of everything that uses Service Bus: where its namespace is and how to be let in.</summary>
/// <remarks>Dapr docs: the "Spec metadata fields" of the Azure Service Bus components. Connection string and namespace exclude one another.</remarks>
internal static class AzureServiceBusSettings
{
    /// <summary>Reads the items; null when faults, which go to the binder, leave no namespace.</summary>
    /// <exception cref="ComponentException">No way to prove who asks has what it needs.</exception>
    public static ServiceBusNamespace? Read(MetadataBinder binder, ComponentContext context) =>
        Read(binder, context, "namespaceName", ServiceBusCredential.ServiceBusScope);

    /// <summary>Reads the items of an Event Hubs namespace, which speaks the same protocol; null when faults leave none.</summary>
    /// <exception cref="ComponentException">No way to prove who asks has what it needs.</exception>
    public static ServiceBusNamespace? ReadEventHubs(MetadataBinder binder, ComponentContext context) =>
        Read(binder, context, "eventHubNamespace", ServiceBusCredential.EventHubsScope);

    private static ServiceBusNamespace? Read(MetadataBinder binder, ComponentContext context, string namespaceItem, string scope)
    {
        switch (binder.Text("connectionString"), binder.Text(namespaceItem))
        {
            case (null, null):
                return Fault(binder, "connectionString", $"a value (it is required where {namespaceItem} is not given)");
            case ({ }, { }):
                return Fault(binder, namespaceItem, "none beside connectionString");
            case ({ } connectionString, null):
                return Try(binder, "connectionString", () => ServiceBusNamespace.Parse(connectionString));
            case (null, { } name):
                var identity = AzureAuthentication.Read(binder, context.Host);
                var host = name.Contains('.', StringComparison.Ordinal) ? name : $"{name}.{(identity.Cloud ?? AzureCloud.Public).ServiceBusSuffix}";
                return Try(binder, namespaceItem, () => new ServiceBusNamespace(
                    ServiceBusNamespace.ParseEndpoint(host),
                    ServiceBusCredential.Token(AzureAuthentication.CreateCredential(context, identity, "a connection string"), scope)));
        }
    }

    private static ServiceBusNamespace? Try(MetadataBinder binder, string item, Func<ServiceBusNamespace> read)
    {
        try
        {
            return read();
        }
        catch (FormatException fault)
        {
            return Fault(binder, item, $"a usable value ({fault.Message})");
        }
    }

    private static ServiceBusNamespace? Fault(MetadataBinder binder, string item, string expected)
    {
        binder.Fault(item, expected);
        return null;
    }
}
