using Serverless.Backends.Processes;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Execution;

/// <summary>Large texts on their way: from an instance that is replaced meanwhile, and to one that has ended.</summary>
public sealed class LargeMessageTests : IAsyncDisposable
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

    [Fact]
    public async Task LargeEventForAnEndedInstance_LeavesNothingThere()
    {
        _rig.Catalog.AddWorkflow<int, int>("Caller", (context, length) =>
        {
            context.SendEvent("receiver", "text", new string('t', length));
            return Task.FromResult(length);
        });
        await _rig.OpenAsync();
        await _rig.StartAsync("receiver", "Nothing", "1");
        await _rig.OutputAsync("receiver");

        await _rig.StartAsync("caller", "Caller", "100000");
        await _rig.OutputAsync("caller");

        // Its own copy is the last thing that a message leaves behind.
        Assert.True(await Eventually.TrueAsync(
            async () => await _rig.QueryAsync("SELECT count(*) FROM workflow_payloads WHERE key LIKE 'm.%';") == "0", TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal("0", await _rig.QueryAsync("SELECT count(*) FROM workflow_payloads WHERE instance = 'receiver';"));
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
