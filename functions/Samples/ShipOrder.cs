using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>A child workflow of <see cref="OrderProcessing"/>.</summary>
internal sealed class ShipOrder : Workflow<OrderPayload, string>
{
    public override Task<string> RunAsync(WorkflowContext context, OrderPayload input) => context.CallActivityAsync<string>("BookCarrier", input);
}
