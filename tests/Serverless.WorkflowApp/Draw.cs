using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>Draws a ticket.</summary>
internal sealed class Draw : WorkflowActivity<int, Ticket>
{
    public override Task<Ticket> RunAsync(WorkflowActivityContext context, int input) => Task.FromResult(new Ticket(context.InstanceId, input, Guid.NewGuid()));
}
