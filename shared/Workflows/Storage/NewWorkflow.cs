namespace Serverless.Components.Workflows.Storage;

/// <summary>An instance to be created.</summary>
internal sealed record NewWorkflow
{
    /// <summary>The record: version 0, status pending.</summary>
    public required WorkflowRecord Record { get; init; }

    /// <summary>Its first message, which starts it.</summary>
    public required InboxMessage First { get; init; }

    /// <summary>Its turn item, owned by this session or by nobody.</summary>
    public Guid? Owner { get; init; }

    /// <summary>How keys of payloads begin that stay when an ended instance is replaced: the new execution's own, which are there before it, and those of messages on their way.</summary>
    public IReadOnlyList<string> KeptPayloads { get; init; } = [];

    /// <summary>When the turn item is due: now, or the time of a scheduled start.</summary>
    public required DateTimeOffset Due { get; init; }
}
