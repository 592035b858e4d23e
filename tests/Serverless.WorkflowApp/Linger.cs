using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>Takes so many milliseconds, and then draws a ticket.</summary>
internal sealed class Linger : WorkflowActivity<int, Ticket>
{
    public override async Task<Ticket> RunAsync(WorkflowActivityContext context, int input)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(input), TimeProvider.System, context.CancellationToken);
        return new Ticket(context.InstanceId, input, Guid.NewGuid());
    }
}
