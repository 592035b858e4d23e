namespace Serverless.Components.Workflows;

/// <summary>Why an activity, a child workflow or a workflow failed: data that is stored, not an exception.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/workflow; the durable task protocol's TaskFailureDetails.</remarks>
/// <param name="ErrorType">The full name of the exception's type.</param>
/// <param name="ErrorMessage">The exception's message.</param>
public sealed record WorkflowFailure(string ErrorType, string ErrorMessage)
{
    private const int MostCauses = 8;
    private const int MostTrace = 16 * 1024;

    /// <summary>Where it was thrown, or null.</summary>
    public string? StackTrace { get; init; }

    /// <summary>What caused it, or null.</summary>
    public WorkflowFailure? InnerFailure { get; init; }

    /// <summary>True when a repetition would fail the same way, so that no retry policy applies.</summary>
    public bool IsNonRetriable { get; init; }

    /// <summary>What of an exception is stored; a failed task's own failure counts as its cause.</summary>
    internal static WorkflowFailure FromException(Exception exception) => FromException(exception, MostCauses);

    private static WorkflowFailure FromException(Exception exception, int causes) => new(exception.GetType().FullName ?? exception.GetType().Name, Told(() => exception.Message) ?? "")
    {
        StackTrace = Told(() => exception.StackTrace) is { } trace ? trace[..Math.Min(trace.Length, MostTrace)] : null,
        InnerFailure = causes == 0 ? null : exception switch
        {
            WorkflowTaskFailedException failed => Shortened(failed.FailureDetails.Failure, causes - 1),
            { InnerException: { } inner } => FromException(inner, causes - 1),
            _ => null,
        },
    };

    /// <summary>What an exception says of itself: code of its author, which may throw as well.</summary>
    private static string? Told(Func<string?> told)
    {
        try
        {
            return told();
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Children of children hand their causes on; without an end they would grow with each.</summary>
    private static WorkflowFailure Shortened(WorkflowFailure failure, int causes) =>
        failure.InnerFailure is null ? failure : failure with { InnerFailure = causes == 0 ? null : Shortened(failure.InnerFailure, causes - 1) };
}
