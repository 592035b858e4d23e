using System.Text.Json.Nodes;
using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>Waits for the external event <c>Finish</c> and completes with its payload.</summary>
internal sealed class AwaitEvent : Workflow<JsonNode?, JsonNode?>
{
    public override Task<JsonNode?> RunAsync(WorkflowContext context, JsonNode? input) => context.WaitForExternalEventAsync<JsonNode?>("Finish");
}
