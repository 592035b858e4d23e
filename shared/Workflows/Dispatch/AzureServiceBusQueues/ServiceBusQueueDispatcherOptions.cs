using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Workflows.Dispatch.AzureServiceBusQueues;

/// <summary>The metadata of <c>workflow.dispatcher.azure.servicebusqueues</c>: a namespace as the Service Bus binding's, and the two queues.</summary>
internal sealed record ServiceBusQueueDispatcherOptions
{
    private const int LongestName = 260;

    /// <summary>The namespace, and how to be let in.</summary>
    public required ServiceBusNamespace Namespace { get; init; }

    /// <summary>Doorbells of turns, timers and messages.</summary>
    public required string Turns { get; init; }

    /// <summary>Doorbells of activities.</summary>
    public required string Activities { get; init; }

    /// <summary>The sweep's and the sessions' times.</summary>
    public required DispatcherTimes Times { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static ServiceBusQueueDispatcherOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var target = AzureServiceBusSettings.Read(binder, context);
        var (turns, activities) = DispatcherQueues.Read(binder, static name => name.Length <= LongestName ? null : $"a name of at most {LongestName} characters");
        var times = DispatcherTimes.Read(binder);
        binder.ThrowIfFaulty();
        return new ServiceBusQueueDispatcherOptions { Namespace = target!, Turns = turns, Activities = activities, Times = times };
    }
}
