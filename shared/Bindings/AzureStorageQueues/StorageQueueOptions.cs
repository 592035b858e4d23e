using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry;
using Serverless.Components.Settings;

namespace Serverless.Components.Bindings.AzureStorageQueues;

/// <summary>The metadata of <c>bindings.azure.storagequeues</c>.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/storagequeues. <c>maxConcurrentHandlers</c> is ours.</remarks>
internal sealed record StorageQueueOptions
{
    private const int DefaultHandlers = 16;
    private const int MostHandlers = 1000;
    private static readonly TimeSpan ShortestPolling = TimeSpan.FromMilliseconds(100);

    /// <summary>Where the queue is, and how to be let in.</summary>
    public required StorageAccount Account { get; init; }

    /// <summary>The queue's name.</summary>
    public required string Queue { get; init; }

    /// <summary>True when what is sent is written in Base64.</summary>
    public bool EncodesBase64 { get; init; }

    /// <summary>True when what is received is read as Base64.</summary>
    public bool DecodesBase64 { get; init; }

    /// <summary>After how long a sent message is dropped.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>After how long a sent message can be received.</summary>
    public TimeSpan InitialDelay { get; init; }

    /// <summary>The pause after the queue was found empty.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a received message is hidden from others, and when it comes again if the app did not take it.</summary>
    public TimeSpan Visibility { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most messages that are with the app at a time.</summary>
    public int Handlers { get; init; } = DefaultHandlers;

    /// <summary>Reads the items.</summary>
    /// <exception cref="ComponentException">Some are not usable; the message names all of them.</exception>
    public static StorageQueueOptions Read(ComponentContext context)
    {
        var binder = context.Metadata.Bind();
        var account = AzureStorageSettings.Read(binder, context, StorageService.Queue);
        var defaults = new StorageQueueOptions { Account = account!, Queue = ReadQueue(binder) };
        var options = defaults with
        {
            EncodesBase64 = binder.Boolean("encodeBase64", false),
            DecodesBase64 = binder.Boolean("decodeBase64", false),
            TimeToLive = Duration(binder, defaults.TimeToLive, TimeSpan.FromSeconds(1), TimeSpan.MaxValue, "ttl", "ttlInSeconds"),
            InitialDelay = Duration(binder, TimeSpan.Zero, TimeSpan.Zero, QueueClient.LongestVisibility, "initialVisibilityDelay"),
            PollingInterval = Duration(binder, defaults.PollingInterval, ShortestPolling, TimeSpan.FromDays(1), "pollingInterval"),
            Visibility = Duration(binder, defaults.Visibility, TimeSpan.FromSeconds(1), QueueClient.LongestVisibility, "visibilityTimeout"),
            Handlers = binder.WholeNumber("maxConcurrentHandlers", DefaultHandlers, 1, MostHandlers),
        };
        binder.ThrowIfFaulty();
        return options;
    }

    private static string ReadQueue(MetadataBinder binder)
    {
        var name = binder.Text("queueName", "queue", "storageAccountQueue");
        if (name is null)
        {
            binder.Fault("queueName", "a value (it is required)");
        }
        else if (!QueueName.IsValid(name))
        {
            binder.Fault("queueName", QueueName.Rule);
        }

        return name ?? "";
    }

    private static TimeSpan Duration(MetadataBinder binder, TimeSpan fallback, TimeSpan shortest, TimeSpan longest, params ReadOnlySpan<string> names)
    {
        var duration = binder.Duration(names) ?? fallback;
        if (duration < shortest || duration > longest)
        {
            binder.Fault(names[0], $"a duration of at least {shortest.TotalSeconds:0.###} s{(longest < TimeSpan.MaxValue ? $" and at most {longest.TotalDays:0} d" : "")}");
        }

        return duration;
    }
}
