using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>External system interaction: asks someone, waits for the event <c>Approval</c>, and goes on without when it does not come in time.</summary>
internal sealed class Approval : Workflow<ApprovalRequest, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, ApprovalRequest input)
    {
        await context.CallActivityAsync<string>("RequestApproval", input);
        context.SetCustomStatus("waiting for the approval");
        try
        {
            var decision = await context.WaitForExternalEventAsync<ApprovalDecision>("Approval", TimeSpan.FromSeconds(input.TimeoutSeconds));
            return decision.Approved ? $"approved by {decision.By}" : $"rejected by {decision.By}";
        }
        catch (TaskCanceledException)
        {
            return "expired";
        }
    }
}
