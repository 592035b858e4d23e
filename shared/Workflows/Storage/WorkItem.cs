namespace Serverless.Components.Workflows.Storage;

/// <summary>Work that waits for, or is with, a process.</summary>
internal sealed record WorkItem
{
    /// <summary>Id of the one item of kind <see cref="WorkKind.Turn"/> that an instance has.</summary>
    public const string TurnId = "turn";

    /// <summary>The instance it belongs to.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Unique within the instance: letters, digits, dots and hyphens, at most 100.</summary>
    public required string WorkId { get; init; }

    /// <summary>What it asks for.</summary>
    public required WorkKind Kind { get; init; }

    /// <summary>What concurrency limits by name go by: the activity, or for other kinds the workflow.</summary>
    public required string Name { get; init; }

    /// <summary>When it may be begun, UTC.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>The session that has it; null when nobody has.</summary>
    public Guid? Owner { get; init; }

    /// <summary>What it is about, encoded.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }
}
