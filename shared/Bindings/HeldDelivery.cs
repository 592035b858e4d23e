namespace Serverless.Components.Bindings;

/// <summary>Delivers a message that is ours for a while only, and keeps it ours for as long as the app works on it.</summary>
/// <remarks>
/// While the app can't be reached it is offered again, for some minutes: given back at once, it would soon have been delivered so often that
/// the queue takes it for poison.
/// </remarks>
internal sealed class HeldDelivery
{
    private const int RetriesPerHold = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>How long the message is ours after it was received, and after each renewal.</summary>
    public required TimeSpan Hold { get; init; }

    /// <summary>After how long it is renewed; shorter than <see cref="Hold"/>.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Renews it; lost when cancelled.</summary>
    public required Func<CancellationToken, Task<HoldState>> Renew { get; init; }

    /// <summary>
    /// True when settling the message needs what a renewal changes: then a renewal under way is waited for at the delivery's end. False cuts it
    /// short: while it hangs, the time to settle the message would run out.
    /// </summary>
    public required bool IsSettledByRenewal { get; init; }

    /// <summary>Ends the offering to an app that can't be reached.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Delivers; null when the message was lost meanwhile, or the delivery was cancelled.</summary>
    public async Task<DeliveryResult?> RunAsync(BindingHandler handler, BindingEvent read, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var delivered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var keeping = KeepAsync(ending, delivered.Token, cancellationToken);
        try
        {
            return await OfferAsync(handler, read, ending.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            await delivered.CancelAsync();
            await keeping;
        }
    }

    private async Task<DeliveryResult> OfferAsync(BindingHandler handler, BindingEvent read, CancellationToken cancellationToken)
    {
        var since = Time.GetTimestamp();
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Stopping);
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var result = await handler(read, cancellationToken);
            if (result.Outcome != DeliveryOutcome.Unreachable || Time.GetElapsedTime(since) + pause > Patience || !await WaitAsync(pause, waiting.Token))
            {
                return result;
            }
        }
    }

    private async Task KeepAsync(CancellationTokenSource ending, CancellationToken delivered, CancellationToken cancellationToken)
    {
        var since = Time.GetTimestamp();
        var wait = Interval;
        while (await WaitAsync(wait, delivered))
        {
            var asked = Time.GetTimestamp();
            var state = await RenewAsync(Hold - Time.GetElapsedTime(since), IsSettledByRenewal ? cancellationToken : delivered);
            if (state == HoldState.Held)
            {
                (since, wait) = (asked, Interval);
                continue;
            }

            var left = Hold - Time.GetElapsedTime(since);
            if (state == HoldState.Lost || left <= TimeSpan.Zero)
            {
                await ending.CancelAsync();
                return;
            }

            wait = left < Hold / RetriesPerHold ? left : Hold / RetriesPerHold;
        }
    }

    // After its time the message is lost, whatever the answer would have been.
    private async Task<HoldState> RenewAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        if (left <= TimeSpan.Zero)
        {
            return HoldState.Lost;
        }

        using var limit = new CancellationTokenSource(left, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await Renew(both.Token);
    }

    private async Task<bool> WaitAsync(TimeSpan time, CancellationToken ended)
    {
        try
        {
            await Task.Delay(time, Time, ended);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
