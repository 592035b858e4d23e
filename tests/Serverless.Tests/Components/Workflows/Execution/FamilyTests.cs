using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Parents and children of any shape.</summary>
public sealed class FamilyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Purge_InstancesThatStartedEachOther_RemovesBoth()
    {
        await using var rig = new RuntimeRig();
        rig.Catalog.AddWorkflow<string, string>("Ring", RingAsync);
        await rig.OpenAsync();
        await rig.StartAsync("b", "Ring", "\"a\"");
        await rig.EndAsync("b");

        await rig.WhenAsync("a", state => state.Status == WorkflowRuntimeStatus.Running);

        // It starts the ended b again, whose child it is itself.
        Assert.Equal(WorkflowOutcome.Done, await rig.Engine.RaiseEventAsync("a", "go", "\"\"", Cancel));
        await rig.EndAsync("a");
        await rig.EndAsync("b");

        Assert.Equal(WorkflowOutcome.Done, await rig.Engine.PurgeAsync("a", Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Cancel));
        Assert.Equal((null, null), (await rig.Engine.GetAsync("a", Cancel), await rig.Engine.GetAsync("b", Cancel)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Purge_ChildWasRefusedAfterItsParentWentOn_LeavesNothing(bool continues)
    {
        await using var rig = new RuntimeRig();
        rig.Catalog.AddWorkflow<bool, string>("Hasty", (context, again) =>
        {
            _ = context.CallChildWorkflowAsync<int>("Await", "go", new ChildWorkflowTaskOptions("taken"));
            if (again)
            {
                context.ContinueAsNew(false);
            }

            return Task.FromResult("done");
        });
        await rig.OpenAsync();
        await rig.StartAsync("taken", "Await", "\"go\"");
        await rig.StartAsync("w", "Hasty", continues ? "true" : "false");
        await rig.EndAsync("w");

        Assert.Equal(WorkflowOutcome.Done, await rig.Engine.PurgeAsync("w", Cancel));
        Assert.Equal(WorkflowRuntimeStatus.Running, (await rig.WhenAsync("taken", state => state.Status != WorkflowRuntimeStatus.Pending)).Status);
    }

    private static async Task<string> RingAsync(WorkflowContext context, string other)
    {
        if (context.InstanceId == "a")
        {
            await context.WaitForExternalEventAsync<string>("go");
        }

        var child = context.CallChildWorkflowAsync<string>("Ring", context.InstanceId, new ChildWorkflowTaskOptions(other));
        return context.InstanceId == "a" ? await child : "done";
    }
}
