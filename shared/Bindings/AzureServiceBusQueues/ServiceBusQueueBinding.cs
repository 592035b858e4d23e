using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.AzureServiceBusQueues;

/// <summary>Sends messages to a queue of Azure Service Bus, and delivers those in it.</summary>
/// <remarks>Dapr docs: reference/components-reference/supported-bindings/servicebusqueues. It speaks HTTP instead of AMQP.</remarks>
internal sealed partial class ServiceBusQueueBinding : IOutputBinding
{
    // The largest that the service takes over HTTP; a smaller limit is told by the service.
    private const int MostBytes = 1024 * 1024;

    private readonly ComponentContext _context;
    private readonly ServiceBusQueueOptions _options;
    private readonly ServiceBusEntity _queue;
    private readonly ServiceBusClient _bus;
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Asks nobody yet.</summary>
    /// <exception cref="ComponentException">The metadata are not usable.</exception>
    public ServiceBusQueueBinding(ComponentContext context)
    {
        _context = context;
        _options = ServiceBusQueueOptions.Read(context);
        _queue = ServiceBusEntity.Queue(_options.Queue);
        _bus = new ServiceBusClient(_options.Namespace, context.Host.Time, MostBytes, sending: new AzureRestOptions
        {
            Service = ServiceBusClient.ServiceName,
            Timeout = _options.Timeout,
            Retries = _options.Retries,
            RetryDelay = _options.RetryDelay,
        });
    }

    public IReadOnlyList<string> Capabilities { get; } = [];

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (_options.Creation is not { } description)
        {
            return;
        }

        try
        {
            switch (await _bus.ExistsAsync(_queue, cancellationToken))
            {
                case null:
                    LogNotManaged(_context.Logger, _context.Name, _options.Queue);
                    break;
                case false:
                    await _bus.CreateAsync(_queue, description, cancellationToken);
                    break;
                default:
                    break;
            }
        }
        catch (AzureException fault)
        {
            throw new ComponentException($"component '{_context.Name}': failed to find or create queue {_options.Queue}: {fault.Message}", fault);
        }
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _bus.SendAsync(_queue, [ServiceBusEvent.ToMessage(request)], cancellationToken);
            return null;
        }
        catch (Exception fault) when (fault is AzureException or ArgumentException)
        {
            throw new BindingException(fault.Message, fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _bus.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "component '{Component}': may not look whether queue {Queue} exists, which takes the right to manage; disableEntityManagement says that it need not")]
    private static partial void LogNotManaged(ILogger logger, string component, string queue);
}
