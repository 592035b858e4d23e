using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>So many draws at once.</summary>
internal sealed class Spread : Workflow<int, Ticket[]>
{
    public override Task<Ticket[]> RunAsync(WorkflowContext context, int input) =>
        Task.WhenAll(Enumerable.Range(0, input).Select(number => context.CallActivityAsync<Ticket>(nameof(Draw), number)));
}
