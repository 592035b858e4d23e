using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>Monitor: looks at something again and again until it is well. Each round is an execution of its own, so that the history does not grow.</summary>
internal sealed class StatusMonitor : Workflow<MonitorState, int>
{
    public override async Task<int> RunAsync(WorkflowContext context, MonitorState input)
    {
        if (await context.CallActivityAsync<bool>("CheckStatus", input))
        {
            return input.Checks;
        }

        context.SetCustomStatus($"unhealthy after {input.Checks + 1} checks");
        await context.CreateTimer(TimeSpan.FromSeconds(input.IntervalSeconds));
        context.ContinueAsNew(input with { Checks = input.Checks + 1 });
        return 0;
    }
}
