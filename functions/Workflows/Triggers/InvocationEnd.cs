namespace Serverless.Functions.Workflows.Triggers;

/// <summary>How an invocation ended.</summary>
/// <param name="Fault">Why it failed; null when it succeeded.</param>
/// <param name="MayPass">True when the fault is of what is around the work: it says nothing about the work itself.</param>
internal readonly record struct InvocationEnd(string? Fault, bool MayPass)
{
    /// <summary>It succeeded.</summary>
    public static InvocationEnd Done => default;
}
