using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>Waits for so many events <c>Go</c>, and draws for each.</summary>
internal sealed class Signals : Workflow<int, Ticket[]>
{
    public override async Task<Ticket[]> RunAsync(WorkflowContext context, int input)
    {
        var tickets = new List<Ticket>();
        while (tickets.Count < input)
        {
            var number = await context.WaitForExternalEventAsync<int>("Go");
            tickets.Add(await context.CallActivityAsync<Ticket>(nameof(Draw), number));
        }

        return [.. tickets];
    }
}
