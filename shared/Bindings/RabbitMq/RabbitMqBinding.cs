using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Events;
using Serverless.Components.Clients.RabbitMq;
using Serverless.Components.Registry;

namespace Serverless.Components.Bindings.RabbitMq;

/// <summary>Sends to a RabbitMQ queue, and reads it. A call is answered when the broker has taken the message over.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/rabbitmq. Events are delivered one after the other. One that the app does not
/// take goes back to its place in the queue, after a pause that grows while failures follow each other.
/// </remarks>
internal sealed partial class RabbitMqBinding : IOutputBinding, IInputBinding
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private readonly ComponentContext _context;
    private readonly ILogger _logger;
    private readonly RabbitMqBindingOptions _options;
    private readonly RabbitMqQueue _queue;
    private readonly CancellationTokenSource _closing = new();

    public RabbitMqBinding(ComponentContext context)
    {
        _context = context;
        _logger = context.Logger;
        _options = RabbitMqBindingOptions.Read(context);
        _queue = new RabbitMqQueue(_options.Queue);
    }

    public IReadOnlyList<string> Operations { get; } = ["create"];

    public IReadOnlyList<string> Capabilities { get; } = [];

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _queue.OpenAsync(cancellationToken);
        }
        catch (RabbitMqException fault) when (fault.IsLocked && _options.Queue.IsExclusive)
        {
            // The instance that a reload replaces may have it, which closes only when this one has taken over.
            LogLocked(_logger, fault.Message);
        }
        catch (RabbitMqException fault)
        {
            throw new ComponentException($"component '{_context.Name}': {fault.Message}", fault);
        }
    }

    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.PublishAsync(RabbitMqMessage.ToProperties(request), request.Data, cancellationToken);
            return null;
        }
        catch (RabbitMqException fault)
        {
            throw new BindingException($"failed to publish message: {fault.Message}", fault);
        }
    }

    public async Task ReadAsync(BindingHandler handler, CancellationToken stopping)
    {
        for (var failures = 1; !stopping.IsCancellationRequested; failures++)
        {
            try
            {
                var refusals = 0;
                await using var subscription = await _queue.SubscribeAsync(
                    _options.Prefetch,
                    async message => (refusals = await DeliverAsync(handler, message, refusals, stopping)) == 0,
                    stopping);
                failures = 0;
                LogLost(_logger, _options.Queue, await subscription.WaitForEndAsync(_context.Host.Time, stopping));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (RabbitMqException fault)
            {
                LogFault(_logger, fault.Message);
            }

            await PauseAsync(failures, _options.ReconnectWait, stopping);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _queue.DisposeAsync();
    }

    // The number of deliveries in a row that failed, this one included; 0 when the app has taken it.
    private async Task<int> DeliverAsync(BindingHandler handler, BasicDeliverEventArgs message, int refusals, CancellationToken stopping)
    {
        try
        {
            var result = await handler(RabbitMqMessage.ToEvent(message), _closing.Token);
            if (result.IsDelivered)
            {
                return 0;
            }

            LogRefused(_logger, _options.Queue, result.Fault);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            return refusals + 1;
        }

        await PauseAsync(refusals + 1, LongestPause, stopping);
        return refusals + 1;
    }

    private async Task PauseAsync(int failures, TimeSpan longest, CancellationToken stopping)
    {
        var pause = FirstPause * Math.Pow(2, Math.Clamp(failures - 1, 0, 10));
        await Task.Delay(pause < longest ? pause : longest, _context.Host.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Warning, "rabbitmq queue {Queue}: reading ended: {Reason}; it begins again")]
    private static partial void LogLost(ILogger logger, RabbitMqOptions queue, string reason);

    [LoggerMessage(LogLevel.Warning, "{Fault}; tried again when it is used")]
    private static partial void LogLocked(ILogger logger, string fault);

    [LoggerMessage(LogLevel.Warning, "{Fault}; reading is tried again")]
    private static partial void LogFault(ILogger logger, string fault);

    [LoggerMessage(LogLevel.Warning, "rabbitmq queue {Queue}: a message goes back to the queue: {Reason}")]
    private static partial void LogRefused(ILogger logger, RabbitMqOptions queue, string? reason);
}
