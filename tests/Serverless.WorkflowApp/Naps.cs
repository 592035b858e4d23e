using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>Timers of some milliseconds, one after the other, with a draw behind each.</summary>
internal sealed class Naps : Workflow<int[], Ticket[]>
{
    public override async Task<Ticket[]> RunAsync(WorkflowContext context, int[] input)
    {
        var tickets = new List<Ticket>();
        foreach (var time in input)
        {
            await context.CreateTimer(TimeSpan.FromMilliseconds(time));
            tickets.Add(await context.CallActivityAsync<Ticket>(nameof(Draw), time));
        }

        return [.. tickets];
    }
}
