using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Functions.AppChannels;

namespace Serverless.Functions.Bindings;

/// <summary>One input binding at work: reads while the app is healthy and wants the events, and begins anew after trouble.</summary>
internal sealed partial class InputReading : IDisposable
{
    /// <summary>How long a beginning is watched for settings that don't fit.</summary>
    private static readonly TimeSpan BeginLimit = TimeSpan.FromSeconds(1);

    /// <summary>What a reading may take to end after its deliveries were cut off.</summary>
    private static readonly TimeSpan CutLimit = TimeSpan.FromSeconds(1);

    /// <summary>A reading that lasted so long was a good one.</summary>
    private static readonly TimeSpan Good = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly BindingComponent _binding;
    private readonly AppHealth _health;
    private readonly BindingDiscovery _discovery;
    private readonly BindingDelivery _delivery;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cutting = new();
    private readonly TaskCompletionSource<ComponentException?> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private string? _told;

    public InputReading(BindingComponent binding, AppHealth health, BindingDiscovery discovery, BindingDelivery delivery, TimeProvider time, ILogger logger)
    {
        _binding = binding;
        _health = health;
        _discovery = discovery;
        _delivery = delivery;
        _time = time;
        _logger = logger;
    }

    /// <summary>Begins in the background; once.</summary>
    /// <param name="isWatched">True when <see cref="BegunAsync"/> follows, which then tells of settings that don't fit instead of the log.</param>
    public void Start(bool isWatched)
    {
        if (!isWatched)
        {
            SetBegun();
        }

        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Waits until it reads, is not wanted, or has to wait for the app; a second at most.</summary>
    /// <exception cref="ComponentException">The settings don't fit what the service has.</exception>
    public async Task BegunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _begun.Task.WaitAsync(BeginLimit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            SetBegun();
        }

        // A fault of the very last moment counts too: the reading rests because of it.
        if (await _begun.Task.WaitAsync(cancellationToken) is { } fault)
        {
            throw new ComponentException(fault.Message, fault);
        }
    }

    /// <summary>Takes nothing new and waits for the deliveries under way, until <paramref name="cut"/>: then they are cancelled.</summary>
    public async Task StopAsync(CancellationToken cut)
    {
        await _stopping.CancelAsync();
        try
        {
            await _loop.WaitAsync(cut);
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            await CutAsync();
        }
    }

    public void Dispose()
    {
        // One that hangs still asks its tokens.
        if (_loop.IsCompleted)
        {
            _stopping.Dispose();
            _cutting.Dispose();
        }
    }

    private async Task CutAsync()
    {
        LogCut(_binding.Name);
        await _cutting.CancelAsync();
        try
        {
            await _loop.WaitAsync(CutLimit, _time);
        }
        catch (TimeoutException)
        {
            LogHung(_binding.Name);
        }
    }

    private async Task LoopAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!_health.IsHealthy)
                {
                    SetBegun();
                }

                var unhealthy = await _health.WhenHealthyAsync(_stopping.Token);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, unhealthy);
                await WorkAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                // Told to stop, or the app is unhealthy: then from the beginning, with the question whether it wants the events.
            }
        }
    }

    // While the app is healthy.
    private async Task WorkAsync(CancellationToken stopping)
    {
        for (var pause = FirstPause; !stopping.IsCancellationRequested; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            var begin = _time.GetTimestamp();
            var trouble = await TryAsync(stopping);
            stopping.ThrowIfCancellationRequested();
            if (_time.GetElapsedTime(begin) >= Good)
            {
                (pause, _told) = (FirstPause, null);
            }

            if (trouble != _told)
            {
                _told = trouble;
                LogTrouble(_binding.Name, trouble);
            }

            SetBegun();
            await Task.Delay(pause, _time, stopping);
        }
    }

    /// <summary>Reads until it is to end, or tells why that does not work.</summary>
    private async Task<string> TryAsync(CancellationToken stopping)
    {
        try
        {
            if (!await _discovery.IsWantedAsync(_binding, stopping))
            {
                LogUnwanted(_binding.Name, _binding.Route);
                SetBegun();
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping);
            }

            LogReading(_binding.Name, _binding.Route);
            await _binding.Input!.ReadAsync(HandleAsync, stopping);
            return "the reading ended by itself";
        }
        catch (AppUnreachableException exception)
        {
            return $"whether the app wants the events is not known: {exception.Message}";
        }
        catch (ComponentException exception) when (_begun.TrySetResult(exception))
        {
            // Whoever activates it tells, and stops it.
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, stopping);
            return exception.Message;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            return exception.Message.Length > 0 ? exception.Message : exception.GetType().Name;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // It is over anyway.
            LogEndedBadly(exception, _binding.Name);
            return exception.Message;
        }
    }

    private async ValueTask<DeliveryResult> HandleAsync(BindingEvent read, CancellationToken cancellationToken)
    {
        SetBegun();
        using var either = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cutting.Token) : null;
        try
        {
            return await _delivery.DeliverAsync(_binding, read, either?.Token ?? _cutting.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryResult.Unreachable("the delivery was cut off because the binding stops; whether the app took the event is unknown");
        }
    }

    private void SetBegun() => _begun.TrySetResult(null);

    [LoggerMessage(Level = LogLevel.Information, Message = "binding '{Binding}': reading; events go to /{Route} of the app")]
    private partial void LogReading(string binding, string route);

    [LoggerMessage(Level = LogLevel.Information, Message = "binding '{Binding}': the app does not want its events: OPTIONS /{Route} was answered neither 2xx nor 405")]
    private partial void LogUnwanted(string binding, string route);

    [LoggerMessage(Level = LogLevel.Warning, Message = "binding '{Binding}': {Trouble}; trying again")]
    private partial void LogTrouble(string binding, string trouble);

    [LoggerMessage(Level = LogLevel.Debug, Message = "binding '{Binding}': the reading failed while it ended")]
    private partial void LogEndedBadly(Exception exception, string binding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "binding '{Binding}': deliveries under way were cut off")]
    private partial void LogCut(string binding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "binding '{Binding}': the reading did not end; left alone")]
    private partial void LogHung(string binding);
}
