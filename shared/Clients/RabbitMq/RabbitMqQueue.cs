using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Serverless.Components.Clients.RabbitMq;

/// <summary>One queue over one connection, which is opened again when the next call needs it.</summary>
/// <remarks>https://www.rabbitmq.com/docs/confirms. Sending and reading share the connection, as an exclusive queue demands.</remarks>
internal sealed class RabbitMqQueue(RabbitMqOptions options) : IAsyncDisposable
{
    private const string DefaultExchange = "";
    private readonly ConnectionFactory _factory = options.CreateFactory();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;

    // Ends what is being sent over a connection that is given up: it may wait for room in the client for ever, and the client with it.
    private CancellationTokenSource _sending = new();
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
                    var sending = channel.BasicPublishAsync(DefaultExchange, options.Queue, mandatory: true, properties, body, Volatile.Read(ref _sending).Token).AsTask();
                    try
                    {
                        await sending.WaitAsync(limit);
                    }
                    catch (OperationCanceledException)
                    {
                        _ = RabbitMqWait.IgnoreAsync(sending);
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
        try
        {
            await RunAsync("", async limit => subscription = await StartAsync(prefetch, deliver, limit), cancellationToken);
        }
        catch (RabbitMqException fault) when (fault.IsLate)
        {
            // The connection may say that it stands and never answer again.
            await CloseAsync(isForGood: false);
            throw;
        }

        return subscription!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync(isForGood: true);

    private static Task<IChannel> OpenChannelAsync(IConnection connection, CreateChannelOptions settings, CancellationToken cancellationToken) =>
        RabbitMqWait.OpenAsync(connection.CreateChannelAsync(settings, cancellationToken), cancellationToken);

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
            throw new RabbitMqException($"rabbitmq queue {options}: {fate()}{reason}", fault) { IsLate = timer.IsCancellationRequested };
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
                Volatile.Write(ref _publisher, await OpenChannelAsync(connection, new CreateChannelOptions(true, true), cancellationToken));
            }

            return _publisher!;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<RabbitMqSubscription> StartAsync(ushort prefetch, Func<BasicDeliverEventArgs, Task<bool>> deliver, CancellationToken cancellationToken)
    {
        var subscription = await OpenReaderAsync(deliver, cancellationToken);
        try
        {
            await subscription.StartAsync(options.Queue, prefetch, cancellationToken);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync();
            throw;
        }
    }

    private async Task<RabbitMqSubscription> OpenReaderAsync(Func<BasicDeliverEventArgs, Task<bool>> deliver, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // It may be gone although the connection stands: somebody deleted it under its consumer.
            _isDeclared = false;
            var connection = await ConnectAsync(cancellationToken);
            return new RabbitMqSubscription(connection, await OpenChannelAsync(connection, new CreateChannelOptions(false, false, null, 1), cancellationToken), deliver);
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
            await CloseConnectionAsync();
            _isDeclared = false;
            _connection = await RabbitMqWait.OpenAsync(_factory.CreateConnectionAsync(cancellationToken), cancellationToken);
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
        var channel = await OpenChannelAsync(connection, new CreateChannelOptions(false, false), cancellationToken);
        try
        {
            var arguments = new Dictionary<string, object?>(options.Arguments);
            await channel.QueueDeclareAsync(options.Queue, options.IsDurable, options.IsExclusive, options.IsAutoDeleted, arguments, cancellationToken: cancellationToken)
                .WaitAsync(cancellationToken);
        }
        finally
        {
            await RabbitMqWait.CloseAsync(channel);
        }
    }

    private async Task CloseAsync(bool isForGood)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            _isClosed |= isForGood;
            await CloseConnectionAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CloseConnectionAsync()
    {
        Volatile.Write(ref _publisher, null);
        if (_connection is { } connection)
        {
            _connection = null;
            await Interlocked.Exchange(ref _sending, new CancellationTokenSource()).CancelAsync();
            await RabbitMqWait.CloseAsync(connection);
        }
    }
}
