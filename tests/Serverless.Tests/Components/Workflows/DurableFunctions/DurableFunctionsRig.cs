using Serverless.Backends.DurableFunctions;
using Serverless.Components.Workflows.DurableFunctions;
using Serverless.Components.Workflows.Instances;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Workflows.DurableFunctions;

/// <summary>A Durable Functions app, and components in front of it.</summary>
internal sealed class DurableFunctionsRig : IAsyncDisposable
{
    private readonly List<DurableFunctionsWorkflows> _components = [];

    private DurableFunctionsRig(DurableFunctionsServer server) => Server = server;

    public DurableFunctionsServer Server { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<DurableFunctionsRig> StartAsync() => new(await DurableFunctionsServer.StartAsync());

    /// <summary>A component of the usual metadata but for these items; an empty value leaves one out.</summary>
    public IWorkflowEngine Create(params (string Name, string Value)[] items)
    {
        (string Name, string Value)[] usual = [("baseUrl", Server.Address), ("code", DurableFunctionsServer.Code)];
        var component = new DurableFunctionsWorkflows(StateContexts.Create(
            "workflow.azure.durablefunctions",
            TimeProvider.System,
            [.. items, .. usual.Where(item => !items.Any(own => own.Name == item.Name))]));
        _components.Add(component);
        return component;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var component in _components)
        {
            await component.DisposeAsync();
        }

        await Server.DisposeAsync();
    }
}
