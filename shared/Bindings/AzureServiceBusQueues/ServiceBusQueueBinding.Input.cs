using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry.Triggers;

namespace Serverless.Components.Bindings.AzureServiceBusQueues;

/// <remarks>
/// A message is locked, its lock renewed while the app works, and it is completed after the app took it. One that the app refused is given
/// back at once; the queue makes it a dead letter after <c>maxDeliveryCount</c> deliveries.
/// </remarks>
internal sealed partial class ServiceBusQueueBinding : ITriggeredBinding
{
    private const int MostSettlements = 3;
    private static readonly TimeSpan SettlementPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EmptyPause = TimeSpan.FromMilliseconds(100);

    // Between these, whatever the clocks make of the end of a lock.
    private static readonly TimeSpan ShortestLock = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestLock = TimeSpan.FromMinutes(5);

    public IReadOnlyDictionary<string, string> TriggerFields => new Dictionary<string, string> { ["queueName"] = _options.Queue };

    public BindingEvent FromTrigger(TriggerPayload payload) => ServiceBusEvent.From(payload);

    public Task ReadAsync(BindingHandler handler, CancellationToken stopping) => new MessagePump<ServiceBusDelivery>(_context)
    {
        Source = $"queue {_options.Queue}",
        Handlers = _options.Handlers,
        MostAtOnce = 1,
        EmptyPause = EmptyPause,
        ShortestPause = _options.ShortestPause,
        LongestPause = _options.LongestPause,
        Receive = ReceiveAsync,
        Work = (message, stopped) => DeliverAsync(handler, message, stopped),
    }.RunAsync(stopping);

    private async Task<IReadOnlyList<ServiceBusDelivery>> ReceiveAsync(int count, CancellationToken stopping)
    {
        var wait = _options.Timeout < ServiceBusClient.LongestWait ? _options.Timeout : ServiceBusClient.LongestWait;
        try
        {
            return await _bus.ReceiveAsync(_queue, wait, stopping) is { } message ? [message] : [];
        }
        catch (AzureException fault)
        {
            throw new BindingException(fault.Message, fault);
        }
    }

    private async Task DeliverAsync(BindingHandler handler, ServiceBusDelivery message, CancellationToken stopping)
    {
        var id = message.ToString();
        var hold = LockDuration(message);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        await using var timer = _options.HandlerTimeout is { } time
            ? _context.Host.Time.CreateTimer(static limit => ((CancellationTokenSource)limit!).Cancel(), limit, time, Timeout.InfiniteTimeSpan)
            : null;
        var delivery = new HeldDelivery
        {
            Hold = hold,
            Interval = _options.LockRenewal < hold / 2 ? _options.LockRenewal : hold / 2,
            Renew = cancellationToken => RenewAsync(message.Lock!, id, cancellationToken),
            IsSettledByRenewal = false,
            Stopping = stopping,
            Time = _context.Host.Time,
        };
        var result = await delivery.RunAsync(handler, ServiceBusEvent.From(message), limit.Token);
        if (result is null && limit.IsCancellationRequested && !_closing.IsCancellationRequested)
        {
            LogTooSlow(_context.Logger, _context.Name, id, _options.HandlerTimeout!.Value);
        }

        await SettleAsync(message.Lock!, id, isDone: result is { IsDelivered: true });
    }

    private TimeSpan LockDuration(ServiceBusDelivery message)
    {
        // By the service's clock, where it is told: ours may differ.
        var left = message.LockedUntil - (message.ReceivedOn ?? _context.Host.Time.GetUtcNow()) ?? ShortestLock;
        return left < ShortestLock ? ShortestLock : left > LongestLock ? LongestLock : left;
    }

    private async Task<HoldState> RenewAsync(ServiceBusLock held, string id, CancellationToken cancellationToken)
    {
        try
        {
            if (await _bus.RenewAsync(held, cancellationToken))
            {
                return HoldState.Held;
            }

            LogLost(_context.Logger, _context.Name, id);
            return HoldState.Lost;
        }
        catch (AzureException fault)
        {
            LogNotRenewed(_context.Logger, _context.Name, id, fault.Message);
            return HoldState.Unknown;
        }
        catch (OperationCanceledException)
        {
            return HoldState.Lost;
        }
    }

    // A second time does no harm: the lock is gone then. What can't be given back comes again when its lock ends.
    private async Task SettleAsync(ServiceBusLock held, string id, bool isDone)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var isSettled = isDone ? await _bus.CompleteAsync(held, _closing.Token) : await _bus.AbandonAsync(held, _closing.Token);
                if (isDone && !isSettled && attempt == 1)
                {
                    LogLost(_context.Logger, _context.Name, id);
                }

                return;
            }
            catch (AzureException fault) when (attempt == MostSettlements)
            {
                LogNotSettled(_context.Logger, _context.Name, id, fault.Message);
                return;
            }
            catch (AzureException)
            {
                await Task.Delay(SettlementPause, _context.Host.Time, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                LogNotSettled(_context.Logger, _context.Name, id, "the component was closed");
                return;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "component '{Component}': the lock on message {Id} was lost while the app worked on it; it may be delivered again")]
    private static partial void LogLost(ILogger logger, string component, string id);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': the lock on message {Id} was not renewed, which is tried again: {Fault}")]
    private static partial void LogNotRenewed(ILogger logger, string component, string id, string fault);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': the app did not finish message {Id} within {Limit}, which handlerTimeoutInSec allows; it is given back")]
    private static partial void LogTooSlow(ILogger logger, string component, string id, TimeSpan limit);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': message {Id} was not settled, and will be delivered again: {Fault}")]
    private static partial void LogNotSettled(ILogger logger, string component, string id, string fault);
}
