namespace Serverless.Components.Workflows.Engine;

/// <summary>What the code of a workflow can do that is recorded.</summary>
internal enum ActionKind
{
    /// <summary>Call an activity.</summary>
    Activity,

    /// <summary>Set a timer.</summary>
    Timer,

    /// <summary>Start a child.</summary>
    Child,

    /// <summary>Send an event.</summary>
    Event,
}
