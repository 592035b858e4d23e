using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Components.State;
using Serverless.Components.State.InMemory;
using Serverless.Components.State.Sqlite;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Instances;
using Serverless.Functions.Hosting;
using Serverless.Functions.Workflows;
using Serverless.Tests.Components.Registry;

namespace Serverless.Tests.Functions.Workflows;

/// <summary>The host of the engine over a live set that the test changes as the registry would.</summary>
internal sealed class HostRig : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("workflows");
    private readonly List<WorkflowHost> _hosts = [];

    public ComponentRegistry Registry { get; } = TestRegistry.CreateEmpty();

    /// <summary>A catalog whose workflow <c>Echo</c> gives back its input.</summary>
    public static WorkflowCatalog Echo => new WorkflowCatalog().AddWorkflow<string, string>("Echo", static (_, text) => Task.FromResult(text));

    public WorkflowHost Host(WorkflowCatalog? catalog = null, string appId = "app")
    {
        var host = new WorkflowHost(new RuntimeOptions { AppId = appId }, Registry, catalog, () => null, TimeProvider.System, NullLoggerFactory.Instance);
        _hosts.Add(host);
        return host;
    }

    /// <summary>A store in a file of the rig.</summary>
    public LiveComponent Sqlite(string file, bool isActorStore = true)
    {
        var context = FakeComponents.Context("store", "state.sqlite", new MetadataValue("connectionString", Path.Combine(_folder.FullName, file)), new MetadataValue("actorStateStore", $"{isActorStore}"));
        return new LiveComponent(FakeComponents.Definition("store", "state.sqlite"), new StateStoreComponent(new SqliteStateStore(context), context));
    }

    /// <summary>A store of a type that keeps no workflows.</summary>
    public static LiveComponent Unfit()
    {
        var context = FakeComponents.Context("store", "state.unfit", new MetadataValue("actorStateStore", "true"));
        return new LiveComponent(FakeComponents.Definition("store", "state.unfit"), new StateStoreComponent(new InMemoryStateStore("store", TimeProvider.System, NullLogger.Instance), context));
    }

    /// <summary>Puts a component in place of the one of its name.</summary>
    public void Put(LiveComponent live) => Registry.Live.Update(set =>
    {
        if (set.Get(live.Definition.Key) is { } before)
        {
            set.Update(live.Definition, live, before.Version);
        }
        else
        {
            set.Create(live.Definition, live);
        }
    });

    public static async Task<IWorkflowEngine> EngineAsync(WorkflowHost host, string appId = "app")
    {
        using var lookup = await host.FindAsync(appId, TestContext.Current.CancellationToken);
        return lookup.Engine ?? throw new InvalidOperationException("there is no engine");
    }

    public static async Task StartAsync(IWorkflowEngine engine, string id, string workflow = "Echo") =>
        Assert.Equal(WorkflowOutcome.Done, await engine.StartAsync(new WorkflowStart(id, workflow, "\"hello\""), TestContext.Current.CancellationToken));

    public static async Task WaitAsync(IWorkflowEngine engine, string id, WorkflowRuntimeStatus status)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await engine.GetAsync(id, limit.Token))?.Status != status)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }
}
