namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>An event of a history. The extension leaves out numbers, and what scheduled an activity or a child that has answered.</summary>
/// <param name="Type">Its kind, for example <c>TaskCompleted</c>.</param>
/// <param name="Timestamp">When, UTC.</param>
internal sealed record DurableEvent(string Type, DateTimeOffset Timestamp)
{
    /// <summary>The function or the external event, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The child, or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The result as JSON text, or null.</summary>
    public string? Result { get; init; }

    /// <summary>When a timer is due, or null.</summary>
    public DateTimeOffset? FireAt { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>More of that, such as a stack trace, or null.</summary>
    public string? Details { get; init; }
}
