namespace Serverless.Components.Workflows;

/// <summary>A step of a workflow: ordinary code, run at least once, whose first stored result is the one that counts.</summary>
/// <remarks>Dapr docs: developing-applications/building-blocks/workflow/howto-author-workflow.</remarks>
/// <typeparam name="TInput">What it is called with; JSON.</typeparam>
/// <typeparam name="TOutput">What it comes to; JSON.</typeparam>
public abstract class WorkflowActivity<TInput, TOutput> : WorkflowActivity
{
    /// <summary>Runs the activity. An exception that leaves it fails the call.</summary>
    public abstract Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input);

    internal sealed override async Task<string?> RunTextAsync(WorkflowActivityContext context, WorkflowJson json, string? input) =>
        json.Write(await RunAsync(context, json.Read<TInput>(input)!));
}
