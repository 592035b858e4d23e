using Serverless.Components.Workflows;

namespace Serverless.WorkflowApp;

/// <summary>Lets its history grow to so many events by draws in batches, and says so; then some more draws one after the other, which a test measures.</summary>
internal sealed class Growing : Workflow<GrowingState, int>
{
    private const int Batch = 100;

    // Of a draw: scheduled, completed.
    private const int EventsOfDraw = 2;

    public override async Task<int> RunAsync(WorkflowContext context, GrowingState input)
    {
        for (var events = 0; events < input.Events; events += Batch * EventsOfDraw)
        {
            await Task.WhenAll(Enumerable.Range(0, Math.Min(Batch, (input.Events - events) / EventsOfDraw)).Select(number => context.CallActivityAsync<Ticket>(nameof(Draw), number)));
        }

        context.SetCustomStatus("grown");
        await context.WaitForExternalEventAsync<int>("Go");
        for (var number = 0; number < input.Measured; number++)
        {
            await context.CallActivityAsync<Ticket>(nameof(Draw), number);
        }

        return input.Measured;
    }
}
