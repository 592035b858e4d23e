using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Serverless.Components.Clients.AzureRest;
using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Leases;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Leases;
using Serverless.Components.Registry.Triggers;

namespace Serverless.Components.Bindings.Cron;

/// <summary>Makes events by a schedule.</summary>
/// <remarks>
/// Dapr docs: reference/components-reference/supported-bindings/cron. Where a lease store is known, one of several instances fires each
/// tick, ticks are delivered one after the other, and what was missed fires once; else each instance fires, as in daprd, and a tick does
/// not wait for the one before.
/// </remarks>
internal sealed partial class CronBinding : IScheduledBinding
{
    /// <summary>The most ticks that wait for the app at one time; an app that hangs takes as many in its 60 s, one each second.</summary>
    private const int MostAtOnce = 60;

    private static readonly TimeSpan LastTimer = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CreateLimit = TimeSpan.FromSeconds(20);

    private readonly ComponentContext _context;
    private readonly CronOptions _options;
    private readonly CronFiring _firing;
    private readonly CronClock _clock;
    private BlobContainerClient? _container;
    private DateTimeOffset? _askedAt;
    private bool _isTold;

    public CronBinding(ComponentContext context)
    {
        _context = context;
        _options = CronOptions.Read(context);
        _firing = new CronFiring(context, _options, LeaseName(context.Name, _options.Text));
        _clock = new CronClock(context.Host.Time);
        TimerSchedule = _options.Schedule.TryToNCrontab(out var expression) ? expression : null;
        TriggerFields = TimerSchedule is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["schedule"] = TimerSchedule };
    }

    public IReadOnlyList<string> Capabilities => [];

    public string? TimerSchedule { get; }

    public bool IsFinerThanMinute => _options.Schedule.IsFinerThanMinute;

    public IReadOnlyDictionary<string, string> TriggerFields { get; }

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (_options.Account is not { } account)
        {
            return;
        }

        _container = new BlobContainerClient(
            account, _options.LeaseContainer!, new AzureRestOptions { Service = BlobContainerClient.ServiceName, Time = _context.Host.Time, Timeout = CreateLimit });
        try
        {
            await _container.CreateContainerAsync(BlobAccess.None, cancellationToken);
        }
        catch (AzureException fault)
        {
            throw new ComponentException($"component '{_context.Name}': failed to create container {_options.LeaseContainer}: {fault.Message}", fault);
        }
    }

    public async Task ReadAsync(BindingHandler handler, CancellationToken stopping)
    {
        var since = _clock.Now;
        var retry = ShortestRetry;
        List<Task> deliveries = [];
        while (!stopping.IsCancellationRequested)
        {
            DateTimeOffset? lookAgain;
            if (FindStore() is not { } store)
            {
                since = FireAlone(handler, since, deliveries);
                lookAgain = _options.Schedule.Next(since);
            }
            else
            {
                try
                {
                    lookAgain = (await _firing.TurnAsync(store, (token, lost) => handler(Event(token), lost), since, stopping, CancellationToken.None)).LookAgain;
                    (since, retry) = (_clock.Now, ShortestRetry);
                }
                catch (LeaseException fault)
                {
                    LogStoreFailed(_context.Logger, _context.Name, fault.Message);
                    (lookAgain, retry) = (_clock.Now + retry, retry * 2 < LongestRetry ? retry * 2 : LongestRetry);
                }
            }

            await _clock.WaitUntilAsync(lookAgain, stopping);
        }

        await Task.WhenAll(deliveries);
    }

    public async ValueTask<DeliveryResult?> FireDueAsync(BindingHandler handler, DateTimeOffset? lastAsked, CancellationToken cancellationToken)
    {
        var now = _context.Host.Time.GetUtcNow();
        var since = _askedAt ??= lastAsked ?? now - LastTimer;
        if (FindStore() is not { } store)
        {
            TellAlone();
            DeliveryResult? result = _options.Schedule.LatestDue(since, now) is null ? null : await handler(Event(), cancellationToken);
            _askedAt = now;
            return result;
        }

        try
        {
            return (await _firing.TurnAsync(store, (token, ending) => handler(Event(token), ending), since, cancellationToken, cancellationToken)).Delivery;
        }
        catch (LeaseException fault)
        {
            throw new BindingException($"schedule {_context.Name}: {fault.Message}", fault);
        }
    }

    public BindingEvent FromTrigger(TriggerPayload payload) => Event();

    public ValueTask DisposeAsync()
    {
        _container?.Dispose();
        return ValueTask.CompletedTask;
    }

    // A schedule that changes begins to count anew, also while instances with the older one still run. Not every store takes every name.
    private static string LeaseName(string component, string schedule) =>
        $"cron.{string.Concat(component.Select(one => char.IsAsciiLetterOrDigit(one) ? one : '-'))}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{component}\n{schedule}")).AsSpan(0, 8))}";

    private ILeaseStore? FindStore() =>
        _container is not null ? new BlobLeaseStore(_container, _context.Host.Time)
        : _options.FiresEverywhere || _context.Host.Leases is not { } leases ? null
        : _options.LeaseStore is { } name ? leases.Named(name)
        : leases.FindDefault();

    private DateTimeOffset FireAlone(BindingHandler handler, DateTimeOffset since, List<Task> deliveries)
    {
        TellAlone();
        var now = _clock.Now;
        since = since > now + CronFiring.ClockTolerance ? now : since;
        if (_options.Schedule.LatestDue(since, now) is not { } due)
        {
            return since;
        }

        deliveries.RemoveAll(delivery => delivery.IsCompleted);
        if (deliveries.Count < MostAtOnce)
        {
            deliveries.Add(handler(Event(), CancellationToken.None).AsTask());
        }
        else
        {
            LogBusy(_context.Logger, _context.Name, due, deliveries.Count);
        }

        return due;
    }

    private void TellAlone()
    {
        if (!_isTold && !_options.FiresEverywhere)
        {
            _isTold = true;
            LogAlone(_context.Logger, _context.Name);
        }
    }

    private BindingEvent Event(long? token = null)
    {
        var metadata = new Dictionary<string, string>
        {
            ["timeZone"] = _options.Schedule.ZoneName ?? "Local",
            ["readTimeUTC"] = GoTime.Print(_clock.Now),
        };
        if (token is { } fence)
        {
            metadata["fencingToken"] = fence.ToString(CultureInfo.InvariantCulture);
        }

        return new BindingEvent { Metadata = metadata };
    }

    [LoggerMessage(LogLevel.Information, "component '{Component}': no state store is marked actorStateStore and none is named in leaseStore, so every instance fires")]
    private static partial void LogAlone(ILogger logger, string component);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': the tick {Tick:u} is left out: the app has not answered {Count} earlier ones")]
    private static partial void LogBusy(ILogger logger, string component, DateTimeOffset tick, int count);

    [LoggerMessage(LogLevel.Error, "component '{Component}': whether a tick is due can't be decided, which is tried again: {Fault}")]
    private static partial void LogStoreFailed(ILogger logger, string component, string fault);
}
