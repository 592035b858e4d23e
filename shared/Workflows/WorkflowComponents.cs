using Serverless.Components.Registry;
using Serverless.Components.Workflows.Dispatch.AzureServiceBusQueues;
using Serverless.Components.Workflows.Dispatch.AzureStorageQueues;
using Serverless.Components.Workflows.DurableFunctions;

namespace Serverless.Components.Workflows;

/// <summary>The workflow component types.</summary>
public static class WorkflowComponents
{
    /// <summary>Registers every type.</summary>
    public static void Register(ComponentCatalog catalog)
    {
        Add(catalog, "azure.durablefunctions", context => new DurableFunctionsWorkflows(context));
        Add(catalog, "dispatcher.azure.servicebusqueues", context => new ServiceBusQueueDispatcher(context));
        Add(catalog, "dispatcher.azure.storagequeues", context => new StorageQueueDispatcher(context));
    }

    private static void Add(ComponentCatalog catalog, string type, ComponentFactory create) => catalog.Add($"workflow.{type}", "v1", create);
}
