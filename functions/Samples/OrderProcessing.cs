using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>Order processing: several activities, one of them repeated when it fails, a child workflow, and the way back when a step fails for good.</summary>
internal sealed class OrderProcessing : Workflow<OrderPayload, OrderResult>
{
    private static readonly WorkflowTaskOptions Retrying = new(new WorkflowRetryPolicy(maxNumberOfAttempts: 3, firstRetryInterval: TimeSpan.FromMilliseconds(200), backoffCoefficient: 2));

    public override async Task<OrderResult> RunAsync(WorkflowContext context, OrderPayload input)
    {
        context.SetCustomStatus("reserving");
        if (!await context.CallActivityAsync<bool>("ReserveInventory", input))
        {
            return new OrderResult(false, $"there are not {input.Quantity} of {input.Name}");
        }

        // What undoes the steps so far, the last one first.
        var undo = new Stack<string>(["ReleaseInventory"]);
        try
        {
            context.SetCustomStatus("paying");
            await context.CallActivityAsync<string>("ProcessPayment", input, Retrying);
            undo.Push("RefundPayment");

            context.SetCustomStatus("shipping");
            return new OrderResult(true, await context.CallChildWorkflowAsync<string>(nameof(ShipOrder), input));
        }
        catch (WorkflowTaskFailedException exception)
        {
            context.SetCustomStatus("undoing");
            foreach (var step in undo)
            {
                await context.CallActivityAsync<bool>(step, input);
            }

            return new OrderResult(false, exception.FailureDetails.ErrorMessage);
        }
    }
}
