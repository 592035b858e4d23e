namespace Serverless.Components.Workflows.Instances;

/// <summary>What an instance is told from outside.</summary>
public enum WorkflowControl
{
    /// <summary>Take no events for now.</summary>
    Suspend,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>End at once.</summary>
    Terminate,
}
