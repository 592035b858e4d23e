using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.AzureEventHubs;

/// <summary>The metadata of <c>bindings.azure.eventhubs</c>.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/eventhubs. Items of the input (consumer group, checkpoint store) and of
/// entity management have no meaning: this binding only sends.
/// </remarks>
internal sealed record EventHubOptions
{
    /// <summary>The namespace, and how to be let in.</summary>
    public required ServiceBusNamespace Namespace { get; init; }

    /// <summary>The hub's name.</summary>
    public required string Hub { get; init; }

    /// <summary>The only partition that is sent to; null leaves it to the service.</summary>
    public string? Partition { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static EventHubOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var target = AzureServiceBusSettings.ReadEventHubs(binder, context);
        var hub = target?.EntityPath ?? binder.Text("eventHub");
        if (hub is null)
        {
            binder.Fault("eventHub", "a value (it is required where the connection string has no EntityPath)");
        }

        binder.ThrowIfFaulty();
        return new EventHubOptions { Namespace = target!, Hub = hub!, Partition = binder.Text("partitionID") };
    }
}
