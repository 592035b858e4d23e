namespace Serverless.Components.Workflows;

/// <summary>A workflow that is a function.</summary>
internal sealed class DelegateWorkflow<TInput, TOutput>(Func<WorkflowContext, TInput, Task<TOutput>> run) : Workflow<TInput, TOutput>
{
    public override Task<TOutput> RunAsync(WorkflowContext context, TInput input) => run(context, input);
}
