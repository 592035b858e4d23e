using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Serverless.Components.Clients.RabbitMq;

/// <summary>One queue over one connection, which is opened again when the next call needs it.</summary>
/// <remarks>https://www.rabbitmq.com/docs/confirms. Sending and reading share the connection, as an exclusive queue demands.</remarks>
internal sealed class RabbitMqQueue(RabbitMqOptions options) : IAsyncDisposable
{
    private const string DefaultExchange = "";
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);
    private readonly ConnectionFactory _factory = options.CreateFactory();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;
    private IChannel? _publisher;
    private volatile bool _isDeclared;
    private bool _isClosed;

    /// <summary>Connects and declares the queue.</summary>
    /// <exception cref="RabbitMqException">The broker was not reached, or has the queue with other settings.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => RunAsync("", async limit => await PublisherAsync(limit), cancellationToken);

    /// <summary>Sends a message and waits until the broker has taken it over.</summary>
    /// <exception cref="RabbitMqException">It has not, or nobody knows; the message says which.</exception>
    public async Task PublishAsync(BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var fate = "not executed: ";
        try
        {
            await RunAsync(
                () => fate,
                async limit =>
                {
                    var channel = await PublisherAsync(limit);
                    fate = "whether it was executed is unknown: ";

                    // Without the limit: a message given up half way would leave the channel's count of confirmations wrong.
                    var sending = channel.BasicPublishAsync(DefaultExchange, options.Queue, mandatory: true, properties, body, CancellationToken.None).AsTask();
                    try
                    {
                        await sending.WaitAsync(limit);
                    }
                    catch (OperationCanceledException)
                    {
                        _ = IgnoreAsync(sending);
                        throw;
                    }
                },
                cancellationToken);
        }
        catch (PublishException fault)
        {
            _isDeclared &= !fault.IsReturn;
            throw new RabbitMqException($"rabbitmq queue {options}: not executed: {(fault.IsReturn ? "the queue is gone" : "the broker refused the message")}", fault);
        }
    }

    /// <summary>Begins to read.</summary>
    /// <param name="prefetch">Most messages that the broker hands over unsettled.</param>
    /// <param name="deliver">Called for one message at a time; true takes it, false gives it back to the queue.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RabbitMqException">The broker was not reached, or refused.</exception>
    public async Task<RabbitMqSubscription> SubscribeAsync(ushort prefetch, Func<BasicDeliverEventArgs, Task<bool>> deliver, CancellationToken cancellationToken)
    {
        RabbitMqSubscription? subscription = null;
        await RunAsync(
            "",
            async limit =>
            {
                var channel = await OpenReaderAsync(limit);
                subscription = new RabbitMqSubscription(channel, deliver);
                try
                {
                    await subscription.StartAsync(options.Queue, prefetch, limit);
                }
                catch
                {
                    await subscription.DisposeAsync();
                    throw;
                }
            },
            cancellationToken);
        return subscription!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _isClosed = true;
            await CloseAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    // Nobody waits for it any more.
    private static async Task IgnoreAsync(Task task) => await task.WaitAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Task RunAsync(string fate, Func<CancellationToken, Task> body, CancellationToken cancellationToken) => RunAsync(() => fate, body, cancellationToken);

    private async Task RunAsync(Func<string> fate, Func<CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(options.Timeout, options.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await body(limit.Token);
        }
        catch (Exception fault) when (fault is not PublishException && RabbitMqException.IsFault(fault))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = timer.IsCancellationRequested ? $"no answer within {options.Timeout.TotalSeconds:0.###} s" : RabbitMqException.Describe(fault);
            throw new RabbitMqException($"rabbitmq queue {options}: {fate()}{reason}", fault);
        }
    }

    private async ValueTask<IChannel> PublisherAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _publisher) is { IsOpen: true } open && _isDeclared)
        {
            return open;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            var connection = await ConnectAsync(cancellationToken);
            if (_publisher is not { IsOpen: true })
            {
                Volatile.Write(ref _publisher, await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken));
            }

            return _publisher!;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IChannel> OpenReaderAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // It may be gone although the connection stands: somebody deleted it under its consumer.
            _isDeclared = false;
            var connection = await ConnectAsync(cancellationToken);
            return await connection.CreateChannelAsync(new CreateChannelOptions(false, false, null, 1), cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_connection is not { IsOpen: true })
        {
            await CloseAsync();
            _isDeclared = false;
            _connection = await _factory.CreateConnectionAsync(cancellationToken);
        }

        if (!_isDeclared)
        {
            await DeclareAsync(_connection, cancellationToken);
            _isDeclared = true;
        }

        return _connection;
    }

    // On a channel of its own, because a refusal closes it.
    private async Task DeclareAsync(IConnection connection, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(false, false), cancellationToken);
        await channel.QueueDeclareAsync(
            options.Queue, options.IsDurable, options.IsExclusive, options.IsAutoDeleted, new Dictionary<string, object?>(options.Arguments), cancellationToken: cancellationToken);
    }

    private async Task CloseAsync()
    {
        Volatile.Write(ref _publisher, null);
        if (_connection is { } connection)
        {
            _connection = null;
            try
            {
                // A broker that has died may leave it hanging.
                await connection.DisposeAsync().AsTask().WaitAsync(CloseLimit);
            }
            catch (Exception fault) when (RabbitMqException.IsFault(fault))
            {
                // It was broken already, and nothing is left to end.
            }
        }
    }
}
