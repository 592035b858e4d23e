namespace Serverless.Components.Workflows;

/// <summary>An activity of any input and output; derive from <see cref="WorkflowActivity{TInput, TOutput}"/>.</summary>
public abstract class WorkflowActivity
{
    private protected WorkflowActivity()
    {
    }

    /// <summary>Runs the activity between texts.</summary>
    internal abstract Task<string?> RunTextAsync(WorkflowActivityContext context, WorkflowJson json, string? input);
}
