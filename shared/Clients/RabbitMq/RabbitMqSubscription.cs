using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Serverless.Components.Clients.RabbitMq;

/// <summary>Reads a queue over one channel, a message at a time; what is unsettled when it ends goes back to the queue.</summary>
internal sealed class RabbitMqSubscription(IChannel channel, Func<BasicDeliverEventArgs, Task<bool>> deliver) : IAsyncDisposable
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);

    // Held by the delivery under way.
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _tag;
    private volatile bool _isStopping;

    /// <summary>Ends with the reason when the broker sends nothing more: connection or channel are gone, or the queue.</summary>
    public Task<string> WaitForEndAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    /// <summary>Tells the broker to send.</summary>
    public async Task StartAsync(string queue, ushort prefetch, CancellationToken cancellationToken)
    {
        channel.ChannelShutdownAsync += (_, reason) => EndAsync(reason.ReplyText);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.UnregisteredAsync += (_, _) => EndAsync("the broker cancelled the consumer");
        consumer.ReceivedAsync += (_, message) => TakeAsync(message);
        await channel.BasicQosAsync(0, prefetch, global: false, cancellationToken);
        _tag = await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken);
    }

    /// <summary>Takes nothing new, waits for the delivery under way, settles it, and gives the rest back.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        using var limit = new CancellationTokenSource(SettleLimit);
        await TryAsync(() => _tag is { } tag && channel.IsOpen ? channel.BasicCancelAsync(tag, cancellationToken: limit.Token) : Task.CompletedTask);
        await _one.WaitAsync(CancellationToken.None);

        // The channel's end waits for those that were handed over and not delivered; they leave at once.
        _one.Release();
        await TryAsync(() => channel.DisposeAsync().AsTask().WaitAsync(SettleLimit));
    }

    private static async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception fault) when (RabbitMqException.IsFault(fault))
        {
            // The channel is gone, and with it all that was unsettled.
        }
    }

    private Task EndAsync(string reason)
    {
        _ended.TrySetResult(reason);
        return Task.CompletedTask;
    }

    private async Task TakeAsync(BasicDeliverEventArgs message)
    {
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            if (_isStopping || !channel.IsOpen)
            {
                return;
            }

            var isTaken = await deliver(message);
            using var limit = new CancellationTokenSource(SettleLimit);
            await TryAsync(async () => await (isTaken
                ? channel.BasicAckAsync(message.DeliveryTag, multiple: false, limit.Token)
                : channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, limit.Token)));
        }
        finally
        {
            _one.Release();
        }
    }
}
