using Serverless.Components.Bindings;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.AppChannels;

namespace Serverless.Functions.Bindings;

/// <summary>Runs the input bindings of a standalone process. Behind the Functions host triggers bring the events instead.</summary>
internal sealed class InputBindings(AppHealth health, BindingDiscovery discovery, BindingDelivery delivery, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    /// <summary>What deliveries under way may take when a reload replaces their binding; the registry allows 30 s in all.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(28);

    private readonly ILogger _logger = loggers.CreateLogger("dapr.runtime.bindings");
    private readonly Lock _gate = new();
    private readonly Dictionary<LiveComponent, InputReading> _readings = [];

    // Those that a reload replaces at this moment: a stop of the process waits for them too, and hurries them.
    private readonly List<Task> _leaving = [];
    private readonly CancellationTokenSource _hurrying = new();
    private bool _isStarted;
    private bool _isStopped;

    /// <summary>Begins to read a component that went live; before <see cref="Start"/> only notes it. Other components are none of its business.</summary>
    /// <exception cref="ComponentException">The reading can't begin: the settings don't fit what the service has. It is not running then.</exception>
    public async Task ActivateAsync(LiveComponent live, CancellationToken cancellationToken)
    {
        if (live.Instance is not BindingComponent { Input: not null } binding || Add(live, binding) is not { } reading)
        {
            return;
        }

        try
        {
            await reading.BegunAsync(cancellationToken);
        }
        catch (ComponentException)
        {
            await DeactivateAsync(live);
            throw;
        }
    }

    /// <summary>Stops the reading of a component, after its deliveries under way; within 30 s.</summary>
    public async Task DeactivateAsync(LiveComponent live)
    {
        Task leaving;
        lock (_gate)
        {
            if (!_readings.Remove(live, out var reading))
            {
                return;
            }

            leaving = LeaveAsync(reading);
            _leaving.Add(leaving);
        }

        await leaving;
        lock (_gate)
        {
            _leaving.Remove(leaving);
        }
    }

    /// <summary>Begins with what was activated so far.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _isStarted = true;
            foreach (var reading in _readings.Values)
            {
                reading.Start(isWatched: false);
            }
        }
    }

    /// <summary>Takes nothing new from now on, and waits for the deliveries under way; at <paramref name="cut"/> they are cancelled.</summary>
    public async Task StopAsync(CancellationToken cut)
    {
        InputReading[] readings;
        Task[] leaving;
        lock (_gate)
        {
            _isStopped = true;
            readings = [.. _readings.Values];
            leaving = [.. _leaving];
            _readings.Clear();
        }

        await using var hurry = cut.Register(_hurrying.Cancel);
        await Task.WhenAll([.. leaving, .. readings.Select(reading => reading.StopAsync(cut))]);
        foreach (var reading in readings)
        {
            reading.Dispose();
        }
    }

    public void Dispose() => _hurrying.Dispose();

    private async Task LeaveAsync(InputReading reading)
    {
        using var limit = new CancellationTokenSource(DrainLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _hurrying.Token);
        await reading.StopAsync(either.Token);
        reading.Dispose();
    }

    /// <summary>The reading when there is something to wait for.</summary>
    private InputReading? Add(LiveComponent live, BindingComponent binding)
    {
        lock (_gate)
        {
            if (_isStopped || _readings.ContainsKey(live))
            {
                return null;
            }

            var reading = new InputReading(binding, health, discovery, delivery, time, _logger);
            _readings.Add(live, reading);
            if (_isStarted)
            {
                reading.Start(isWatched: true);
            }

            return _isStarted ? reading : null;
        }
    }
}
