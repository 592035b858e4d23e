using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.AzureServiceBusQueues;

/// <summary>The metadata of <c>bindings.azure.servicebusqueues</c>.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/servicebusqueues. <c>maxRetriableErrorsPerSec</c> has no meaning: pauses grow
/// instead.
/// </remarks>
internal sealed record ServiceBusQueueOptions
{
    private const int MostHandlers = 1000;

    // No timer can be set for much longer.
    private const int MostSeconds = 40 * 24 * 60 * 60;

    /// <summary>The namespace, and how to be let in.</summary>
    public required ServiceBusNamespace Namespace { get; init; }

    /// <summary>The queue's name.</summary>
    public required string Queue { get; init; }

    /// <summary>How long sending may take, with all repetitions.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How long the app may work on a message; null means as long as it likes.</summary>
    public TimeSpan? HandlerTimeout { get; init; }

    /// <summary>After how long the lock of a message is renewed.</summary>
    public TimeSpan LockRenewal { get; init; }

    /// <summary>Most messages that are with the app at a time.</summary>
    public int Handlers { get; init; }

    /// <summary>The first pause after the queue could not be read.</summary>
    public TimeSpan ShortestPause { get; init; }

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; }

    /// <summary>Most repetitions of a sending that was certainly not executed.</summary>
    public int Retries { get; init; }

    /// <summary>The pause before the first repetition.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>How to make a queue that is not there; null leaves that to others.</summary>
    public ServiceBusQueueDescription? Creation { get; init; }

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static ServiceBusQueueOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var target = AzureServiceBusSettings.Read(binder, context);
        var shortest = Wait(binder, "minConnectionRecoveryInSec", 2, 0);
        var options = new ServiceBusQueueOptions
        {
            Namespace = target!,
            Queue = ReadQueue(binder, target),
            Timeout = Wait(binder, "timeoutInSec", 60, 1),
            HandlerTimeout = Wait(binder, "handlerTimeoutInSec", 0, 0) is { Ticks: > 0 } limit ? limit : null,
            LockRenewal = Wait(binder, "lockRenewalInSec", 20, 1),
            Handlers = ReadHandlers(binder),
            ShortestPause = shortest > TimeSpan.Zero ? shortest : TimeSpan.FromMilliseconds(100),
            LongestPause = Wait(binder, "maxConnectionRecoveryInSec", 300, 1),
            Retries = binder.WholeNumber("publishMaxRetries", 5, 0),
            RetryDelay = TimeSpan.FromMilliseconds(binder.WholeNumber(
                binder.Text("publishInitialRetryIntervalInMs") is null ? "publishInitialRetryInternalInMs" : "publishInitialRetryIntervalInMs", 500, 1)),
            Creation = ReadCreation(binder),
        };
        binder.ThrowIfFaulty();
        return options;
    }

    private static string ReadQueue(MetadataBinder binder, ServiceBusNamespace? target)
    {
        var queue = binder.Required("queueName");
        if (target?.EntityPath is { } path && queue.Length > 0 && !path.Equals(queue, StringComparison.OrdinalIgnoreCase))
        {
            binder.Fault("queueName", "the queue that the connection string is for");
        }

        return queue;
    }

    // A message that waits for a hand would only lose time of its lock.
    private static int ReadHandlers(MetadataBinder binder)
    {
        var active = binder.WholeNumber("maxActiveMessages", 1, 1);
        var handlers = binder.WholeNumber("maxConcurrentHandlers", 1, 0);
        return Math.Min(handlers == 0 ? active : Math.Min(active, handlers), MostHandlers);
    }

    private static ServiceBusQueueDescription? ReadCreation(MetadataBinder binder)
    {
        var description = new ServiceBusQueueDescription
        {
            LockDuration = OptionalSeconds(binder, "lockDurationInSec"),
            TimeToLive = OptionalSeconds(binder, "defaultMessageTimeToLiveInSec") ?? binder.Duration("ttlInSeconds", "ttl"),
            MaxDeliveryCount = binder.Text("maxDeliveryCount") is null ? null : binder.WholeNumber("maxDeliveryCount", 1, 1),
            AutoDeleteOnIdle = OptionalSeconds(binder, "autoDeleteOnIdleInSec"),
        };
        return binder.Boolean("disableEntityManagement", false) ? null : description;
    }

    private static TimeSpan? OptionalSeconds(MetadataBinder binder, string name) => binder.Text(name) is null ? null : TimeSpan.FromSeconds(binder.WholeNumber(name, 1, 1));

    private static TimeSpan Wait(MetadataBinder binder, string name, int fallback, int minimum) =>
        TimeSpan.FromSeconds(Math.Min(binder.WholeNumber(name, fallback, minimum), MostSeconds));
}
