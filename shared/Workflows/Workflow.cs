namespace Serverless.Components.Workflows;

/// <summary>A workflow of any input and output; derive from <see cref="Workflow{TInput, TOutput}"/>.</summary>
public abstract class Workflow
{
    private protected Workflow()
    {
    }

    /// <summary>Runs the workflow between texts.</summary>
    internal abstract Task<string?> RunTextAsync(WorkflowContext context, WorkflowJson json, string? input);
}
