using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.AzureEventHubs;

/// <summary>Sends events to an event hub.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/eventhubs. Receiving needs AMQP, which is not spoken here.</remarks>
internal sealed class EventHubBinding : IOutputBinding
{
    private readonly EventHubOptions _options;
    private readonly EventHubClient _hub;

    /// <summary>Asks nobody yet.</summary>
    /// <exception cref="ComponentException">The metadata are not usable.</exception>
    public EventHubBinding(ComponentContext context)
    {
        _options = EventHubOptions.Read(context);
        _hub = new EventHubClient(_options.Namespace, _options.Hub, _options.Partition, context.Host.Time);
    }

    public IReadOnlyList<string> Capabilities { get; } = [];

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        var key = request.Text("partitionKey");
        if (key is not null && _options.Partition is not null)
        {
            throw new BindingException("a partitionKey can't be given where the component's partitionID says which partition is sent to");
        }

        try
        {
            await _hub.SendAsync(request.Data, request.Text("contentType"), key, cancellationToken);
            return null;
        }
        catch (Exception fault) when (fault is AzureException or ArgumentException)
        {
            throw new BindingException(fault.Message, fault);
        }
    }

    public ValueTask DisposeAsync()
    {
        _hub.Dispose();
        return ValueTask.CompletedTask;
    }
}
