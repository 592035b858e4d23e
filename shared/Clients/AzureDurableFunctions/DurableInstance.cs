namespace Serverless.Components.Clients.AzureDurableFunctions;

/// <summary>An orchestration as the management API shows it.</summary>
internal sealed record DurableInstance
{
    /// <summary>The orchestrator function; empty when it is not told.</summary>
    public required string Name { get; init; }

    /// <summary>The instance id.</summary>
    public required string InstanceId { get; init; }

    /// <summary>The status, as the API spells it.</summary>
    public required string RuntimeStatus { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When it last changed, UTC.</summary>
    public required DateTimeOffset LastUpdatedTime { get; init; }

    /// <summary>The input as JSON text, or null.</summary>
    public string? Input { get; init; }

    /// <summary>The output as JSON text, or null. That of a failed one says why, that of a terminated one what the caller said.</summary>
    public string? Output { get; init; }

    /// <summary>The custom status as JSON text, or null.</summary>
    public string? CustomStatus { get; init; }

    /// <summary>What happened, oldest first; empty unless it was asked for.</summary>
    public IReadOnlyList<DurableEvent> History { get; init; } = [];
}
