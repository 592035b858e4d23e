using Serverless.Components.Bindings.AzureStorageQueues;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Tests.Clients.AzureStorage.Queues;

namespace Serverless.Tests.Components.Bindings.AzureStorageQueues;

/// <summary>A queue of its own, a binding that reads it, and what its events come to.</summary>
internal sealed class StorageQueueRig : IAsyncDisposable
{
    private readonly AzuriteQueues _azurite;
    private readonly string _name;

    private StorageQueueRig(AzuriteQueues azurite, string name, StorageQueueBinding binding)
    {
        (_azurite, _name, Binding) = (azurite, name, binding);
        Queue = azurite.Client(name);
    }

    /// <summary>Items by which nothing takes long.</summary>
    public static (string Name, string Value)[] Quick { get; } = [("pollingInterval", "100ms"), ("visibilityTimeout", "1s")];

    public StorageQueueBinding Binding { get; private set; }

    public QueueClient Queue { get; }

    public RecordingHandler Handler { get; } = new();

    /// <summary>The node script's arguments that mean this queue.</summary>
    public IReadOnlyList<string> Address => [_azurite.Server.ConnectionString, _name];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>A rig whose queue is there, with <see cref="Quick"/> unless other items are given.</summary>
    public static async Task<StorageQueueRig> StartAsync(AzuriteQueues azurite, params (string Name, string Value)[] items)
    {
        var name = StorageQueues.NewName();
        return new StorageQueueRig(azurite, name, await StorageQueues.StartAsync(azurite, name, items.Length > 0 ? items : Quick));
    }

    public Task<QueueMessage> PutAsync(string text) => PutAsync(Queue, text);

    public static async Task<QueueMessage> PutAsync(QueueClient queue, string text) => (await queue.PutAsync(text, TimeSpan.Zero, TimeSpan.FromMinutes(5), Cancelled))!;

    /// <summary>Reads until so many events have come, and what was taken is settled.</summary>
    public async Task ReadAsync(int count)
    {
        await using (Read())
        {
            await Handler.WaitAsync(count);
        }
    }

    /// <summary>Begins to read.</summary>
    public BindingReading Read() => new(Binding, Handler);

    /// <summary>After the binding was closed: takes another on the same queue.</summary>
    public async Task ReplaceAsync() => Binding = await StorageQueues.StartAsync(_azurite, _name, Quick);

    /// <summary>Fails unless the queue holds nothing.</summary>
    public async Task EmptyAsync() => Assert.Equal(0, await Queue.CountAsync(Cancelled));

    public async ValueTask DisposeAsync()
    {
        await Binding.DisposeAsync();
        Queue.Dispose();
    }
}
