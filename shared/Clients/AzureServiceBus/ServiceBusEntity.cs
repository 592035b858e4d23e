namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>What messages are sent to or received from: a queue, a topic, or a topic's subscription.</summary>
internal sealed record ServiceBusEntity
{
    private ServiceBusEntity(string path) => Path = path;

    /// <summary>The path as it stands in addresses.</summary>
    public string Path { get; }

    /// <summary>The messages that could not be processed.</summary>
    public ServiceBusEntity DeadLetters => new($"{Path}/$DeadLetterQueue");

    /// <summary>A queue; its name may have slashes.</summary>
    public static ServiceBusEntity Queue(string name) => new(Escape(name));

    /// <summary>A topic, which is sent to; its name may have slashes.</summary>
    public static ServiceBusEntity Topic(string name) => new(Escape(name));

    /// <summary>A subscription, which is received from.</summary>
    public static ServiceBusEntity Subscription(string topic, string name) => new($"{Escape(topic)}/subscriptions/{Escape(name)}");

    private static string Escape(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
}
