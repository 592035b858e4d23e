namespace Serverless.Components.Workflows.Storage;

/// <summary>What a work item asks for.</summary>
internal enum WorkKind
{
    /// <summary>Look at the inbox.</summary>
    Turn,

    /// <summary>Run an activity.</summary>
    Activity,

    /// <summary>Tell the instance that a timer is due.</summary>
    Timer,

    /// <summary>Bring an event to another instance, or create it.</summary>
    Message,

    /// <summary>Remove the instance, whose retention has passed.</summary>
    Purge,
}
