using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>So many children, each a sequence of two.</summary>
internal sealed class Family : Workflow<int, Ticket[]>
{
    public override async Task<Ticket[]> RunAsync(WorkflowContext context, int input)
    {
        var children = await Task.WhenAll(Enumerable.Range(0, input).Select(_ => context.CallChildWorkflowAsync<Ticket[]>(nameof(Sequence), 2)));
        return [.. children.SelectMany(static tickets => tickets)];
    }
}
