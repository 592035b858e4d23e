using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>Fan-out and fan-in: an activity for each item, all at the same time, and one result of all.</summary>
internal sealed class FanOutFanIn : Workflow<string[], int>
{
    public override async Task<int> RunAsync(WorkflowContext context, string[] input)
    {
        var lengths = await Task.WhenAll(input.Select(item => context.CallActivityAsync<int>("ProcessWorkItem", item)));
        return lengths.Sum();
    }
}
