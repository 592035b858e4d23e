using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>An instance that has ended is replaced while what it said is still on its way.</summary>
public sealed class ReplacementTests : IAsyncDisposable
{
    private readonly RuntimeRig _rig = new();

    [Fact]
    public async Task LargeResultOfAChild_ReachesItsParent()
    {
        _rig.Catalog
            .AddWorkflow<int, int>("Elder", async (context, length) =>
                (await context.CallChildWorkflowAsync<string>("Younger", length, new ChildWorkflowTaskOptions(InstanceId: "child"))).Length)
            .AddWorkflow<int, string>("Younger", (_, length) => Task.FromResult(new string('y', length)));
        var isHeld = true;
        await _rig.OpenAsync(store => new FaultyStore(store)
        {
            Called = (_, name) =>
            {
                if (name == "Append" && Volatile.Read(ref isHeld))
                {
                    throw new WorkflowStoreException("held");
                }
            },
        });
        await _rig.StartAsync("parent", "Elder", "100000");
        await _rig.EndAsync("child");

        await _rig.StartAsync("child", "Await", $"\"{new string('n', 50_000)}\"");
        Volatile.Write(ref isHeld, false);

        Assert.Equal("100000", await _rig.OutputAsync("parent"));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
