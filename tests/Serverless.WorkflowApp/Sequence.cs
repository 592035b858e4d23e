using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>So many draws one after the other.</summary>
internal sealed class Sequence : Workflow<int, Ticket[]>
{
    public override async Task<Ticket[]> RunAsync(WorkflowContext context, int input)
    {
        var tickets = new Ticket[input];
        for (var number = 0; number < input; number++)
        {
            tickets[number] = await context.CallActivityAsync<Ticket>(nameof(Draw), number);
        }

        return tickets;
    }
}
