namespace Serverless.Components.Workflows;

/// <summary>An activity or a child workflow failed.</summary>
public sealed class WorkflowTaskFailedException : Exception
{
    /// <summary>Creates the failure.</summary>
    /// <param name="message">What failed.</param>
    /// <param name="failureDetails">Why.</param>
    public WorkflowTaskFailedException(string message, WorkflowTaskFailureDetails failureDetails)
        : base(message) => FailureDetails = failureDetails;

    /// <summary>Why it failed.</summary>
    public WorkflowTaskFailureDetails FailureDetails { get; }
}
