using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;

namespace Serverless.Components.Workflows.Dispatch.AzureServiceBusQueues;

/// <summary>Doorbells through two queues of Azure Service Bus, which must be there.</summary>
/// <remarks>
/// Service Bus docs: message-sequencing, "Scheduled messages"; service-bus-dead-letter-queues. It speaks HTTP instead of AMQP. After the queue's
/// <c>maxDeliveryCount</c> a message is a dead letter.
/// </remarks>
internal sealed class ServiceBusQueueDispatcher : IWorkflowDispatcher
{
    private const int MostAtOnce = 100;
    private const int MostDrained = 1024;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ComponentContext _context;
    private readonly ServiceBusQueueDispatcherOptions _options;
    private readonly ServiceBusEntity _turns;
    private readonly ServiceBusEntity _activities;
    private readonly ServiceBusClient _bus;
    private readonly PoisonReader _reader;

    /// <summary>Asks nobody yet.</summary>
    /// <exception cref="ComponentException">The metadata are not usable.</exception>
    public ServiceBusQueueDispatcher(ComponentContext context)
    {
        _context = context;
        _options = ServiceBusQueueDispatcherOptions.Read(context);
        _turns = ServiceBusEntity.Queue(_options.Turns);
        _activities = ServiceBusEntity.Queue(_options.Activities);
        _reader = new PoisonReader(context);
        _bus = new ServiceBusClient(_options.Namespace, context.Host.Time);
    }

    public IReadOnlyList<string> Capabilities { get; } = [];

    public string TurnsQueue => _options.Turns;

    public string ActivitiesQueue => _options.Activities;

    public TimeSpan Heartbeat => _options.Times.Heartbeat;

    public TimeSpan ResendAfter => _options.Times.ResendAfter;

    // The service names no limit; scheduled messages can't be taken back, so none stays there for long.
    public TimeSpan LongestDelay { get; } = TimeSpan.FromDays(7);

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in (ServiceBusEntity[])[_turns, _activities])
        {
            try
            {
                if (await _bus.ExistsAsync(queue, cancellationToken) is false)
                {
                    throw new ComponentException($"component '{_context.Name}': Service Bus queue {queue.Path} does not exist: create it, or name another one");
                }
            }
            catch (AzureException fault)
            {
                throw new ComponentException($"component '{_context.Name}': failed to look for queue {queue.Path}: {fault.Message}", fault);
            }
        }
    }

    public async ValueTask SendAsync(IReadOnlyList<WorkflowDoorbell> doorbells, CancellationToken cancellationToken)
    {
        var now = _context.Host.Time.GetUtcNow();
        foreach (var group in doorbells.GroupBy(static doorbell => doorbell.IsActivity))
        {
            foreach (var messages in group.Select(doorbell => Message(doorbell, now)).Chunk(MostAtOnce))
            {
                await SendAsync(group.Key ? _activities : _turns, messages, cancellationToken);
            }
        }
    }

    public async ValueTask DrainPoisonAsync(Func<WorkflowDoorbell, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        foreach (var queue in (ServiceBusEntity[])[_turns.DeadLetters, _activities.DeadLetters])
        {
            try
            {
                await DrainAsync(queue, take, cancellationToken);
            }
            catch (AzureException fault)
            {
                throw new WorkflowDispatchException(fault.Message, fault);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _bus.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(ServiceBusEntity queue, ServiceBusMessage[] messages, CancellationToken cancellationToken)
    {
        for (var isLast = false; ; isLast = true)
        {
            try
            {
                await _bus.SendAsync(queue, messages, cancellationToken);
                return;
            }
            catch (AzureException fault) when (fault.IsFateUnknown && !isLast)
            {
                // One that comes twice does no harm.
            }
            catch (AzureException fault)
            {
                throw new WorkflowDispatchException(fault.Message, fault);
            }
        }
    }

    private ServiceBusMessage Message(WorkflowDoorbell doorbell, DateTimeOffset now)
    {
        var due = doorbell.Due <= now + LongestDelay ? doorbell.Due : now + LongestDelay;

        // Whole seconds stand on the wire: up, since one that comes early is sent once more.
        return new ServiceBusMessage { Body = DoorbellText.Write(doorbell), ScheduledOn = due <= now ? null : due + Second - TimeSpan.FromTicks(1) };
    }

    // Each receive locks what it gives, so that the next one sees what is behind it. What is left is free again at the end: a dead letter has no end itself.
    private async Task DrainAsync(ServiceBusEntity queue, Func<WorkflowDoorbell, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        for (var count = 0; count < MostDrained && await _bus.ReceiveAsync(queue, TimeSpan.Zero, cancellationToken) is { } message; count++)
        {
            if (_reader.Read(message.ToString(), message.Body.Span) is { } doorbell)
            {
                await take(doorbell, cancellationToken);
                await _bus.CompleteAsync(message.Lock!, cancellationToken);
            }
        }
    }
}
