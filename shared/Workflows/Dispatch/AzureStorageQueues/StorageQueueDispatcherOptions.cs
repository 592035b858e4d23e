using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Workflows.Dispatch.AzureStorageQueues;

/// <summary>The metadata of <c>workflow.dispatcher.azure.storagequeues</c>: an account as the storage queue binding's, and the two queues.</summary>
internal sealed record StorageQueueDispatcherOptions
{
    /// <summary>Where the queues are, and how to be let in.</summary>
    public required StorageAccount Account { get; init; }

    /// <summary>Doorbells of turns, timers and messages.</summary>
    public required string Turns { get; init; }

    /// <summary>Doorbells of activities.</summary>
    public required string Activities { get; init; }

    /// <summary>The sweep's and the sessions' times.</summary>
    public required DispatcherTimes Times { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static StorageQueueDispatcherOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var account = AzureStorageSettings.Read(binder, context, StorageService.Queue);
        var (turns, activities) = DispatcherQueues.Read(binder, static name => QueueName.IsValid(name) ? null : QueueName.Rule);
        var times = DispatcherTimes.Read(binder);
        binder.ThrowIfFaulty();
        return new StorageQueueDispatcherOptions { Account = account!, Turns = turns, Activities = activities, Times = times };
    }
}
