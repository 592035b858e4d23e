using Serverless.Components.Workflows;

namespace Serverless.Tests.Components.Workflows.Engine.Golden;

/// <summary>The workflows whose histories are kept as files. Changing one here is changing code under running instances: the files tell.</summary>
internal static class GoldenWorkflows
{
    public static WorkflowCatalog Catalog() => new WorkflowCatalog()
        .AddWorkflow<int, int>("Chain", ChainAsync)
        .AddWorkflow<string[], int>("Spread", SpreadAsync)
        .AddWorkflow<int, string>("Monitor", MonitorAsync)
        .AddWorkflow<string, string>("Approval", ApprovalAsync)
        .AddWorkflow<string, string>("Order", OrderAsync)
        .AddWorkflow<JsonPayload, JsonPayload>("AwaitEvent", (context, _) => context.WaitForExternalEventAsync<JsonPayload>("Finish"))
        .UseJson(GoldenJson.Default);

    private static async Task<int> ChainAsync(WorkflowContext context, int input)
    {
        for (var step = 1; step <= 3; step++)
        {
            input = await context.CallActivityAsync<int>($"Step{step}", input);
        }

        return input;
    }

    private static async Task<int> SpreadAsync(WorkflowContext context, string[] input) =>
        (await Task.WhenAll(input.Select(item => context.CallActivityAsync<int>("Measure", item)))).Sum();

    private static async Task<string> MonitorAsync(WorkflowContext context, int round)
    {
        context.SetCustomStatus($"round {round}");
        if (await context.CallActivityAsync<bool>("IsHealthy", round))
        {
            return $"healthy after {round}";
        }

        await context.CreateTimer(TimeSpan.FromMinutes(5));
        context.ContinueAsNew(round + 1);
        return "";
    }

    private static async Task<string> ApprovalAsync(WorkflowContext context, string subject)
    {
        await context.CallActivityAsync("Ask", subject);
        try
        {
            var answer = await context.WaitForExternalEventAsync<string>("Approval", TimeSpan.FromHours(24));
            await context.CallActivityAsync("Tell", answer);
            return answer;
        }
        catch (TaskCanceledException)
        {
            return "nobody answered";
        }
    }

    private static async Task<string> OrderAsync(WorkflowContext context, string item)
    {
        var retry = new WorkflowTaskOptions(new WorkflowRetryPolicy(2, TimeSpan.FromSeconds(10)));
        await context.CallActivityAsync("Reserve", item, retry);
        context.SendEvent("audit", "Ordered", context.NewGuid());
        try
        {
            return await context.CallChildWorkflowAsync<string>("Ship", item);
        }
        catch (WorkflowTaskFailedException e)
        {
            await context.CallActivityAsync("Release", item);
            return e.FailureDetails.ErrorMessage;
        }
    }
}
