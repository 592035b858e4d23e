namespace Serverless.Components.Workflows.Instances;

/// <summary>What came of a request.</summary>
public enum WorkflowOutcome
{
    /// <summary>It is stored, or there was nothing to do.</summary>
    Done,

    /// <summary>There is no such instance.</summary>
    NotFound,

    /// <summary>A start: an instance of this id has not ended.</summary>
    IsActive,

    /// <summary>A start: the instance of this id has ended, but a child of it has not.</summary>
    HasActiveChildren,

    /// <summary>A purge: the instance, or a child of it, has not ended.</summary>
    NotCompleted,

    /// <summary>A rerun: the history has no action of this number.</summary>
    NoSuchEvent,
}
