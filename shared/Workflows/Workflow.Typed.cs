namespace Serverless.Components.Workflows;

/// <summary>A workflow: code that is run again from its beginning, with the answers of the past, whenever something it waits for is there.</summary>
/// <remarks>
/// Dapr docs: developing-applications/building-blocks/workflow/howto-author-workflow. The code must do the same each time: it takes the time,
/// chance and everything from outside only from its context and its activities, and awaits nothing but tasks of its context and combinations of them.
/// </remarks>
/// <typeparam name="TInput">What it is started with; JSON.</typeparam>
/// <typeparam name="TOutput">What it comes to; JSON.</typeparam>
public abstract class Workflow<TInput, TOutput> : Workflow
{
    /// <summary>Runs the workflow. An exception that leaves it fails the workflow.</summary>
    public abstract Task<TOutput> RunAsync(WorkflowContext context, TInput input);

    internal sealed override async Task<string?> RunTextAsync(WorkflowContext context, WorkflowJson json, string? input) =>
        json.Write(await RunAsync(context, json.Read<TInput>(input)!));
}
