using Serverless.Backends.Azurite;
using Serverless.Components.Bindings.AzureStorageQueues;
using Serverless.Tests.Clients.AzureStorage.Queues;

namespace Serverless.Tests.Components.Bindings.AzureStorageQueues;

/// <summary>Bindings of queues in an Azurite.</summary>
internal static class StorageQueues
{
    public static StorageQueueBinding Binding(AzuriteQueues azurite, string queue, params (string Name, string Value)[] items) =>
        Binding(azurite.Server, azurite.Server.QueuePort, queue, items);

    public static StorageQueueBinding Binding(AzuriteServer server, int port, string queue, params (string Name, string Value)[] items)
    {
        (string Name, string Value)[] usual = [("accountName", server.Account), ("accountKey", server.Key), ("queueEndpoint", $"http://127.0.0.1:{port}"), ("queueName", queue)];
        return new(BindingCalls.Context("bindings.azure.storagequeues", usual, items));
    }

    /// <summary>A binding whose queue is there.</summary>
    public static async Task<StorageQueueBinding> StartAsync(AzuriteQueues azurite, string queue, params (string Name, string Value)[] items)
    {
        var binding = Binding(azurite, queue, items);
        await binding.InitializeAsync(TestContext.Current.CancellationToken);
        return binding;
    }

    public static string NewName() => $"q-{Guid.NewGuid():N}";
}
