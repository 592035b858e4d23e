using System.Globalization;
using Microsoft.Extensions.Logging;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Leases;

namespace Serverless.Components.Bindings.Cron;

/// <summary>Fires the ticks of one schedule for one of several instances: under a lease whose text is the last tick that was fired.</summary>
/// <remarks>
/// At least once: a tick is recorded after its delivery, so one whose instance vanishes in between is fired again by another when the
/// lease has ended. An instance that slept through the end can't record any more. An app that refuses or is not there had its tick, as in
/// daprd.
/// </remarks>
internal sealed partial class CronFiring(ComponentContext context, CronOptions options, string lease)
{
    private const string TickFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>A last tick so far in the future is the work of a wrong clock.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly Guid _holder = Guid.NewGuid();

    private CronSchedule Schedule => options.Schedule;

    private TimeProvider Time => context.Host.Time;

    /// <summary>Fires once if a tick is due that nobody has fired.</summary>
    /// <param name="store">Where the lease is.</param>
    /// <param name="deliver">Delivers under a fencing token.</param>
    /// <param name="since">Where ticks begin to count if none was fired yet.</param>
    /// <param name="stopping">Nothing new is fired; a delivery under way goes on.</param>
    /// <param name="cancellationToken">Ends the delivery; the tick stays due.</param>
    /// <exception cref="LeaseException">The store failed.</exception>
    public async ValueTask<CronTurn> TurnAsync(
        ILeaseStore store, Func<long, CancellationToken, ValueTask<DeliveryResult>> deliver, DateTimeOffset since, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var state = await BoundAsync(token => store.ReadAsync(lease, token));
        var now = Time.GetUtcNow();
        if (ReadTick(state?.Text, now) is { } known && Schedule.LatestDue(known, now) is null)
        {
            return new CronTurn(Schedule.Next(known));
        }

        if (state?.HeldUntil is { } until)
        {
            return new CronTurn(until + Pause);
        }

        // A stop does not cut this short: a lease that may have been taken would keep the others waiting.
        await using var held = await BoundAsync(token => HeldLease.TryTakeAsync(store, lease, _holder, options.Lease, Time, token));
        if (held is null)
        {
            return new CronTurn(Time.GetUtcNow() + Pause);
        }

        now = Time.GetUtcNow();
        var last = ReadTick(held.Grant.Text, now);
        var begin = last ?? (held.Grant.Text.Length == 0 ? since : now);
        if (stopping.IsCancellationRequested || Schedule.LatestDue(begin, now) is not { } due)
        {
            // Where a schedule begins to count stands in a place that all instances share.
            await BoundAsync(token => held.TryReleaseAsync(last is null ? Write(begin) : null, token));
            return new CronTurn(Schedule.Next(begin));
        }

        var (delivery, isFired) = await FireAsync(held, due, deliver, stopping, cancellationToken);
        return new CronTurn(isFired ? Schedule.Next(due) : Time.GetUtcNow() + Pause, delivery);
    }

    private async ValueTask<(DeliveryResult? Delivery, bool IsFired)> FireAsync(
        HeldLease held, DateTimeOffset due, Func<long, CancellationToken, ValueTask<DeliveryResult>> deliver, CancellationToken stopping, CancellationToken cancellationToken)
    {
        DeliveryResult? result = null;
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, cancellationToken))
        {
            try
            {
                result = await deliver(held.Grant.Token, either.Token);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                // Not known to be delivered.
            }
        }

        // A delivery that a stop cut off, or may have, is left to another instance.
        var isFired = result is { } known && !(known.Outcome == DeliveryOutcome.Unreachable && stopping.IsCancellationRequested);
        var isReleased = await ReleaseAsync(held, isFired ? Write(due) : null);
        if (!isFired)
        {
            LogGivenUp(context.Logger, context.Name, due);
        }
        else if (!isReleased)
        {
            LogFenced(context.Logger, context.Name, due, held.Grant.Token);
        }

        return (result, isFired);
    }

    // What was delivered is delivered again if this fails, so it is tried as long as nobody else can.
    private async ValueTask<bool> ReleaseAsync(HeldLease held, string? text)
    {
        var begun = Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await BoundAsync(token => held.TryReleaseAsync(text, token));
            }
            catch (LeaseException) when (Time.GetElapsedTime(begun) < options.Lease)
            {
                await Task.Delay(Pause, Time, CancellationToken.None);
            }
        }
    }

    private static async ValueTask<T> BoundAsync<T>(Func<CancellationToken, ValueTask<T>> call)
    {
        using var limit = new CancellationTokenSource(StoreLimit, TimeProvider.System);
        try
        {
            return await call(limit.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new LeaseException($"the store did not answer within {StoreLimit.TotalSeconds:0} s", exception);
        }
    }

    private static string Write(DateTimeOffset tick) => tick.UtcDateTime.ToString(TickFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset? ReadTick(string? text, DateTimeOffset now) =>
        DateTimeOffset.TryParseExact(text, TickFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var tick) && tick <= now + ClockTolerance ? tick : null;

    [LoggerMessage(LogLevel.Warning, "component '{Component}': the delivery of the tick {Tick:u} was given up; it stays due")]
    private static partial void LogGivenUp(ILogger logger, string component, DateTimeOffset tick);

    [LoggerMessage(LogLevel.Warning, "component '{Component}': the tick {Tick:u} was fired with fencing token {Token}, but the lease was lost meanwhile; another instance may have fired it too")]
    private static partial void LogFenced(ILogger logger, string component, DateTimeOffset tick, long token);
}
