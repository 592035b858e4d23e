namespace Serverless.Components.Workflows;

/// <summary>An activity that is a function.</summary>
internal sealed class DelegateActivity<TInput, TOutput>(Func<WorkflowActivityContext, TInput, Task<TOutput>> run) : WorkflowActivity<TInput, TOutput>
{
    public override Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input) => run(context, input);
}
