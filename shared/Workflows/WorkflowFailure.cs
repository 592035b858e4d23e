namespace Serverless.Components.Workflows;

/// <summary>Why an activity, a child workflow or a workflow failed: data that is stored, not an exception.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/workflow; the durable task protocol's TaskFailureDetails.</remarks>
/// <param name="ErrorType">The full name of the exception's type.</param>
/// <param name="ErrorMessage">The exception's message.</param>
public sealed record WorkflowFailure(string ErrorType, string ErrorMessage)
{
    /// <summary>Where it was thrown, or null.</summary>
    public string? StackTrace { get; init; }

    /// <summary>What caused it, or null.</summary>
    public WorkflowFailure? InnerFailure { get; init; }

    /// <summary>True when a repetition would fail the same way, so that no retry policy applies.</summary>
    public bool IsNonRetriable { get; init; }
}
