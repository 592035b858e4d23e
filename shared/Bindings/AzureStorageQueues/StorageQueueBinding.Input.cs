using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Queues;
using Serverless.Components.Registry.Triggers;

namespace Serverless.Components.Bindings.AzureStorageQueues;

/// <remarks>
/// A message is hidden for <c>visibilityTimeout</c>, and for as much again each time half of it is over. It is deleted after the app took
/// it; otherwise it comes again when its time is over. A queue that is deleted under the app is used again as soon as it is back.
/// </remarks>
internal sealed partial class StorageQueueBinding : ITriggeredBinding
{
    private const int MostAtOnce = 16;
    private const int MostDeletions = 3;
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DeletionPause = TimeSpan.FromSeconds(1);

    private bool _isPlainTextTold;

    public IReadOnlyDictionary<string, string> TriggerFields => new Dictionary<string, string> { ["queueName"] = _options.Queue };

    public BindingEvent FromTrigger(TriggerPayload payload) => Decode(StorageQueueEvent.From(payload));

    public Task ReadAsync(BindingHandler handler, CancellationToken stopping) => new MessagePump<QueueMessage>(_context)
    {
        Source = $"queue {_options.Queue}",
        Handlers = _options.Handlers,
        MostAtOnce = MostAtOnce,
        EmptyPause = _options.PollingInterval,
        Receive = ReceiveAsync,
        Work = (message, stopped) => DeliverAsync(handler, message, stopped),
    }.RunAsync(stopping);

    // Cancelled at once, a receive would leave messages hidden that nobody works on.
    private async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(int count, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _context.Host.Time);
        await using var grace = stopping.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).CancelAfter(StopGrace), limit);
        try
        {
            return await _queue.GetAsync(count, _options.Visibility, limit.Token) ?? throw new BindingException(Missing);
        }
        catch (AzureException fault)
        {
            throw new BindingException(fault.Message, fault);
        }
    }

    private async Task DeliverAsync(BindingHandler handler, QueueMessage message, CancellationToken stopping)
    {
        var receipt = message.PopReceipt ?? "";
        var delivery = new HeldDelivery
        {
            Hold = _options.Visibility,
            Interval = _options.Visibility / 2,
            Renew = RenewAsync,
            IsSettledByRenewal = true,
            Stopping = stopping,
            Time = _context.Host.Time,
        };
        var result = await delivery.RunAsync(handler, Decode(StorageQueueEvent.From(message)), _closing.Token);
        if (result is { IsDelivered: true })
        {
            await DeleteAsync(message.Id, receipt);
        }

        async Task<HoldState> RenewAsync(CancellationToken cancellationToken)
        {
            try
            {
                var update = await _queue.UpdateAsync(message.Id, receipt, _options.Visibility, null, cancellationToken);
                if (update.Outcome == QueueOutcome.Done)
                {
                    receipt = update.PopReceipt!;
                    return HoldState.Held;
                }

                LogLost(_context.Logger, _context.Name, message.Id, update.Outcome);
                return HoldState.Lost;
            }
            catch (AzureException fault)
            {
                LogNotRenewed(_context.Logger, _context.Name, message.Id, fault.Message);
                return HoldState.Unknown;
            }
            catch (OperationCanceledException)
            {
                return HoldState.Lost;
            }
        }
    }

    // A second deletion does no harm: it does not find the message.
    private async Task DeleteAsync(string id, string receipt)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await _queue.DeleteAsync(id, receipt, _closing.Token);
                if (outcome == QueueOutcome.PopReceiptMismatch)
                {
                    LogLost(_context.Logger, _context.Name, id, outcome);
                }

                return;
            }
            catch (AzureException fault) when (attempt == MostDeletions)
            {
                LogNotDeleted(_context.Logger, _context.Name, id, fault.Message);
                return;
            }
            catch (AzureException)
            {
                await Task.Delay(DeletionPause, _context.Host.Time, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                LogNotDeleted(_context.Logger, _context.Name, id, "the component was closed");
                return;
            }
        }
    }

    // Dapr leaves what is no Base64 in the queue until it expires; here it is not lost.
    private BindingEvent Decode(BindingEvent read)
    {
        if (!_options.DecodesBase64)
        {
            return read;
        }

        if (!StorageQueueText.TryDecode(read.Data, out var bytes) && !Interlocked.Exchange(ref _isPlainTextTold, true))
        {
            LogNoBase64(_context.Logger, _context.Name, _options.Queue);
        }

        return read with { Data = bytes };
    }

    [LoggerMessage(LogLevel.Warning, "component '{Component}': message {Id} was lost to another reader while the app worked on it ({Outcome}); it may be delivered again")]
    private static partial void LogLost(ILogger logger, string component, string id, QueueOutcome outcome);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': message {Id} was not renewed, which is tried again: {Fault}")]
    private static partial void LogNotRenewed(ILogger logger, string component, string id, string fault);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': message {Id} was delivered, but not deleted, and will be delivered again: {Fault}")]
    private static partial void LogNotDeleted(ILogger logger, string component, string id, string fault);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': a message of queue {Queue} is no Base64, which decodeBase64 asks for; such messages are delivered as they are")]
    private static partial void LogNoBase64(ILogger logger, string component, string queue);
}
