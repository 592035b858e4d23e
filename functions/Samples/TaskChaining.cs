using Serverless.Components.Workflows;

namespace Serverless.Functions.Samples;

/// <summary>Task chaining: steps one after the other, each with the result of the one before.</summary>
internal sealed class TaskChaining : Workflow<int, int>
{
    public override async Task<int> RunAsync(WorkflowContext context, int input)
    {
        var number = await context.CallActivityAsync<int>("Step1", input);
        number = await context.CallActivityAsync<int>("Step2", number);
        number = await context.CallActivityAsync<int>("Step3", number);
        number = await context.CallActivityAsync<int>("Step4", number);
        return await context.CallActivityAsync<int>("Step5", number);
    }
}
