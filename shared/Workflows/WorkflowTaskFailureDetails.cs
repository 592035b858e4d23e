using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Serverless.Components.Workflows;

/// <summary>Why an activity or a child workflow failed, as its caller sees it.</summary>
public sealed class WorkflowTaskFailureDetails
{
    private static readonly SearchValues<char> MoreThanAName = SearchValues.Create(",[]*&\\");

    /// <summary>Creates a reason, as tests of workflows need it.</summary>
    /// <param name="errorType">The full name of the exception's type.</param>
    /// <param name="errorMessage">The exception's message.</param>
    /// <param name="stackTrace">Where it was thrown, or null.</param>
    public WorkflowTaskFailureDetails(string errorType, string errorMessage, string? stackTrace = null)
        : this(new WorkflowFailure(errorType, errorMessage) { StackTrace = stackTrace })
    {
    }

    internal WorkflowTaskFailureDetails(WorkflowFailure failure) => Failure = failure;

    /// <summary>The full name of the exception's type.</summary>
    public string ErrorType => Failure.ErrorType;

    /// <summary>The exception's message.</summary>
    public string ErrorMessage => Failure.ErrorMessage;

    /// <summary>Where it was thrown, or null.</summary>
    public string? StackTrace => Failure.StackTrace;

    /// <summary>What caused it, or null.</summary>
    public WorkflowTaskFailureDetails? InnerFailure => Failure.InnerFailure is { } inner ? new(inner) : null;

    /// <summary>The failure as it is stored.</summary>
    internal WorkflowFailure Failure { get; }

    /// <summary>True when the exception was of a type or of one derived from it, as far as its type is known here.</summary>
    public bool IsCausedBy<T>()
        where T : Exception => typeof(T) == typeof(Exception) || typeof(T).FullName == ErrorType || (IsPlain(ErrorType) && (Find(ErrorType) ?? Find(typeof(T), ErrorType))?.IsAssignableTo(typeof(T)) == true);

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    // The name may come from anywhere; one that says more than a type's own name would have assemblies looked for, or be refused.
    private static bool IsPlain(string name) => name.Length > 0 && !name.AsSpan().ContainsAny(MoreThanAName);

    [UnconditionalSuppressMessage("Trimming", "IL2057", Justification = "A type that was trimmed away is not found, and then only its own name matches.")]
    private static Type? Find(string name) => Type.GetType(name, throwOnError: false);

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A type that was trimmed away is not found, and then only its own name matches.")]
    private static Type? Find(Type near, string name) => near.Assembly.GetType(name, throwOnError: false);
}
