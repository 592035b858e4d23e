using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.IntegrationTests.HostEmulator;

/// <summary><c>extensions.queues</c> of host.json with the host's defaults.</summary>
/// <remarks>Functions docs: functions-bindings-storage-queue, "host.json settings".</remarks>
public sealed record QueueOptions
{
    /// <summary>Messages that one receive asks for.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>More are received while at most so many are in hand.</summary>
    public int NewBatchThreshold { get; init; } = 8;

    /// <summary>After so many failures a message goes to the poison queue.</summary>
    public int MaxDequeueCount { get; init; } = 5;

    /// <summary>For how long a failed message stays hidden.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>The longest pause between two receives that found nothing.</summary>
    public TimeSpan MaxPollingInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a message is base64 of its bytes rather than the text itself.</summary>
    public bool IsBase64 { get; init; } = true;

    internal static QueueOptions Read(JsonNode? json)
    {
        var defaults = new QueueOptions();
        var batch = Number(json?["batchSize"]) ?? defaults.BatchSize;
        return defaults with
        {
            BatchSize = batch,
            NewBatchThreshold = Number(json?["newBatchThreshold"]) ?? batch / 2,
            MaxDequeueCount = Number(json?["maxDequeueCount"]) ?? defaults.MaxDequeueCount,
            VisibilityTimeout = Duration(json?["visibilityTimeout"]) ?? defaults.VisibilityTimeout,
            MaxPollingInterval = Duration(json?["maxPollingInterval"]) ?? defaults.MaxPollingInterval,
            IsBase64 = json?["messageEncoding"]?.ToString() is not { } encoding || encoding.Equals("base64", StringComparison.OrdinalIgnoreCase),
        };
    }

    // An override arrives as text.
    private static int? Number(JsonNode? node) => node is null ? null : int.Parse(node.ToString(), CultureInfo.InvariantCulture);

    private static TimeSpan? Duration(JsonNode? node) => node is null ? null : TimeSpan.Parse(node.ToString(), CultureInfo.InvariantCulture);
}
