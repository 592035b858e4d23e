using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Serverless.Components.Clients.RabbitMq;

/// <summary>Reads a queue over one channel, a message at a time; what is unsettled when it ends goes back to the queue.</summary>
internal sealed class RabbitMqSubscription(IConnection connection, IChannel channel, Func<BasicDeliverEventArgs, Task<bool>> deliver) : IAsyncDisposable
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);

    // Held by the delivery under way.
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _tag;
    private volatile bool _isStopping;

    private bool IsOpen => connection.IsOpen && channel.IsOpen;

    /// <summary>Ends with the reason when nothing more can come: connection or channel are gone, or the queue, or a message could not be settled.</summary>
    /// <remarks>
    /// It looks itself too, because the client does not always tell: a publisher that is stuck on the lost connection keeps it from telling the
    /// channels (https://github.com/rabbitmq/rabbitmq-dotnet-client/issues/1930).
    /// </remarks>
    public async Task<string> WaitForEndAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        Task ended = _ended.Task;
        while (!ended.IsCompleted && IsOpen)
        {
            await ended.WaitAsync(CheckInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return ended.IsCompleted ? await _ended.Task.WaitAsync(cancellationToken) : connection.CloseReason?.ReplyText ?? "the channel is closed";
    }

    /// <summary>Tells the broker to send.</summary>
    public async Task StartAsync(string queue, ushort prefetch, CancellationToken cancellationToken)
    {
        channel.ChannelShutdownAsync += (_, reason) => EndAsync(reason.ReplyText);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.UnregisteredAsync += (_, _) => EndAsync("the broker cancelled the consumer");
        consumer.ReceivedAsync += (_, message) => TakeAsync(message);
        await channel.BasicQosAsync(0, prefetch, global: false, cancellationToken).WaitAsync(cancellationToken);
        _tag = await channel.BasicConsumeAsync(queue, autoAck: false, consumer, cancellationToken).WaitAsync(cancellationToken);
    }

    /// <summary>Takes nothing new, waits for the delivery under way, settles it, and gives the rest back.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        if (_tag is { } tag && IsOpen)
        {
            await TryAsync(limit => channel.BasicCancelAsync(tag, cancellationToken: limit));
        }

        await _one.WaitAsync(CancellationToken.None);

        // The channel's end waits for those that were handed over and not delivered; they leave at once.
        _one.Release();
        await RabbitMqWait.CloseAsync(channel);
    }

    private static async Task<bool> TryAsync(Func<CancellationToken, Task> action)
    {
        using var limit = new CancellationTokenSource(SettleLimit);
        try
        {
            await action(limit.Token).WaitAsync(limit.Token);
            return true;
        }
        catch (Exception fault) when (RabbitMqException.IsFault(fault))
        {
            return false;
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
            // After the end all that is unsettled comes again.
            if (_isStopping || _ended.Task.IsCompleted || !IsOpen)
            {
                return;
            }

            var isTaken = await deliver(message);
            if (!await TryAsync(async limit => await (isTaken
                ? channel.BasicAckAsync(message.DeliveryTag, multiple: false, limit)
                : channel.BasicNackAsync(message.DeliveryTag, multiple: false, requeue: true, limit))))
            {
                // The broker would keep it for this channel, and with a prefetch of 1 send nothing more.
                await EndAsync("a message could not be settled");
            }
        }
        finally
        {
            _one.Release();
        }
    }
}
