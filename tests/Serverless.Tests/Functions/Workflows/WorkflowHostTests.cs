using Serverless.Components.Registry;
using Serverless.Components.Workflows;
using Serverless.Functions.Workflows;

namespace Serverless.Tests.Functions.Workflows;

public sealed class WorkflowHostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_NoActorStateStore_SaysSo()
    {
        await using var rig = new HostRig();
        rig.Put(rig.Sqlite("a.db", isActorStore: false));

        var lookup = await rig.Host(HostRig.Echo).FindAsync("app", Cancel);

        Assert.Equal((null, WorkflowErrors.NoStore), (lookup.Engine, lookup.Fault));
    }

    [Fact]
    public async Task Find_StoreThatKeepsNoWorkflows_NamesItAndThoseThatDo()
    {
        await using var rig = new HostRig();
        rig.Put(HostRig.Unfit());

        var lookup = await rig.Host(HostRig.Echo).FindAsync("app", Cancel);

        Assert.StartsWith("component 'store': type 'state.unfit' keeps no workflows; types that do: ", lookup.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_Engine_IsOpenedOnce()
    {
        await using var rig = new HostRig();
        rig.Put(rig.Sqlite("a.db"));
        var host = rig.Host(HostRig.Echo);

        var engines = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => HostRig.EngineAsync(host)));

        Assert.Single(engines.Distinct());
        await HostRig.StartAsync(engines[0], "i");
        await HostRig.WaitAsync(engines[0], "i", WorkflowRuntimeStatus.Completed);
    }

    [Fact]
    public async Task NoWorkflows_InstancesAreLeftToAProcessThatHasSome()
    {
        await using var rig = new HostRig();
        rig.Put(rig.Sqlite("a.db"));
        var client = await HostRig.EngineAsync(rig.Host());
        await HostRig.StartAsync(client, "i");

        var worker = rig.Host(HostRig.Echo);
        Assert.Equal(WorkflowRuntimeStatus.Pending, (await client.GetAsync("i", Cancel))!.Status);
        worker.Start();

        await HostRig.WaitAsync(client, "i", WorkflowRuntimeStatus.Completed);
    }

    [Fact]
    public async Task OtherApp_IsManagedButNotRun()
    {
        await using var rig = new HostRig();
        rig.Put(rig.Sqlite("a.db"));
        var host = rig.Host(HostRig.Echo);
        var other = await HostRig.EngineAsync(host, "other");
        await HostRig.StartAsync(other, "i");

        Assert.Null(await (await HostRig.EngineAsync(host)).GetAsync("i", Cancel));
        Assert.Same(other, await HostRig.EngineAsync(host, "other"));
        rig.Host(HostRig.Echo, "other").Start();

        await HostRig.WaitAsync(other, "i", WorkflowRuntimeStatus.Completed);
    }

    [Fact]
    public async Task OtherApps_AreClosedWhenThereAreMany()
    {
        await using var rig = new HostRig();
        rig.Put(rig.Sqlite("a.db"));
        var host = rig.Host();
        var first = await HostRig.EngineAsync(host, "other0");
        for (var index = 1; index <= 32; index++)
        {
            await HostRig.EngineAsync(host, $"other{index}");
        }

        Assert.NotSame(first, await HostRig.EngineAsync(host, "other0"));
    }

    [Fact]
    public async Task Handover_EngineDrainsAndStartsOnTheSuccessor_AndCallsWaitForIt()
    {
        await using var rig = new HostRig();
        var before = rig.Sqlite("a.db");
        var after = rig.Sqlite("b.db");
        rig.Put(before);
        var host = rig.Host(HostRig.Echo);
        var old = await HostRig.EngineAsync(host);
        await HostRig.StartAsync(old, "i");
        await HostRig.WaitAsync(old, "i", WorkflowRuntimeStatus.Completed);

        rig.Put(after);
        var waiting = HostRig.EngineAsync(host);
        Assert.False(waiting.IsCompleted);
        await host.DeactivateAsync(before);
        await host.ActivateAsync(after, Cancel);

        var engine = await waiting;
        Assert.Null(await engine.GetAsync("i", Cancel));
        Assert.Same(engine, await HostRig.EngineAsync(host));
        await HostRig.StartAsync(engine, "j");
        await HostRig.WaitAsync(engine, "j", WorkflowRuntimeStatus.Completed);
    }

    [Fact]
    public async Task Handover_CallUnderWay_IsWaitedFor()
    {
        await using var rig = new HostRig();
        var before = rig.Sqlite("a.db");
        rig.Put(before);
        var host = rig.Host(HostRig.Echo);
        var call = await host.FindAsync("app", Cancel);

        rig.Put(rig.Sqlite("b.db"));
        var leaving = host.DeactivateAsync(before);
        Assert.Null(await call.Engine!.GetAsync("i", Cancel));
        Assert.False(leaving.IsCompleted);
        call.Dispose();

        await leaving.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task Handover_SuccessorKeepsNoWorkflows_IsRefusedAndThePredecessorRunsAgain()
    {
        await using var rig = new HostRig();
        var before = rig.Sqlite("a.db");
        var after = HostRig.Unfit();
        rig.Put(before);
        var host = rig.Host(HostRig.Echo);
        host.Start();
        await HostRig.StartAsync(await HostRig.EngineAsync(host), "i");

        rig.Put(after);
        await host.DeactivateAsync(before);
        var refusal = await Assert.ThrowsAsync<ComponentException>(() => host.ActivateAsync(after, Cancel));
        Assert.StartsWith("component 'store': the workflow engine does not run on it: component 'store': type 'state.unfit' keeps no workflows", refusal.Message, StringComparison.Ordinal);
        rig.Put(before);
        await host.ActivateAsync(before, Cancel);

        var engine = await HostRig.EngineAsync(host);
        await HostRig.WaitAsync(engine, "i", WorkflowRuntimeStatus.Completed);
    }

    [Fact]
    public async Task Handover_EngineThatNeverRan_HoldsUpNoReload()
    {
        await using var rig = new HostRig();
        var before = HostRig.Unfit();
        var after = HostRig.Unfit();
        rig.Put(before);
        var host = rig.Host(HostRig.Echo);
        host.Start();
        Assert.NotNull((await host.FindAsync("app", Cancel)).Fault);

        rig.Put(after);
        await host.DeactivateAsync(before);
        await host.ActivateAsync(after, Cancel);
    }

    [Fact]
    public async Task Start_StoreThatComesLater_IsFound()
    {
        await using var rig = new HostRig();
        var host = rig.Host(HostRig.Echo);
        host.Start();
        var store = rig.Sqlite("a.db");
        rig.Put(store);
        var client = await HostRig.EngineAsync(rig.Host());
        await HostRig.StartAsync(client, "i");

        await host.ActivateAsync(store, Cancel);

        await HostRig.WaitAsync(client, "i", WorkflowRuntimeStatus.Completed);
    }

    [Fact]
    public async Task Find_AfterAFailure_TriesAgain()
    {
        await using var rig = new HostRig();
        rig.Put(HostRig.Unfit());
        var host = rig.Host(HostRig.Echo);
        Assert.NotNull((await host.FindAsync("app", Cancel)).Fault);

        rig.Put(rig.Sqlite("a.db"));

        Assert.NotNull(await HostRig.EngineAsync(host));
    }

    [Fact]
    public async Task Stop_EngineIsClosed()
    {
        await using var rig = new HostRig();
        rig.Put(rig.Sqlite("a.db"));
        var host = rig.Host(HostRig.Echo);
        host.Start();
        await HostRig.EngineAsync(host);

        await host.StopAsync(Cancel);

        Assert.True((await host.FindAsync("app", Cancel)).IsClosed);
    }
}
