namespace Serverless.Components.Bindings;

/// <summary>Delivers a message that is ours for a while only, and keeps it ours for as long as the app works on it.</summary>
internal sealed class HeldDelivery
{
    private const int RetriesPerHold = 10;

    /// <summary>How long the message is ours after it was received, and after each renewal.</summary>
    public required TimeSpan Hold { get; init; }

    /// <summary>After how long it is renewed; shorter than <see cref="Hold"/>.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>Renews it. It is never cancelled by the delivery's end, because what it changes may be needed to settle the message.</summary>
    public required Func<CancellationToken, Task<HoldState>> Renew { get; init; }

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
            return await handler(read, ending.Token);
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

    private async Task KeepAsync(CancellationTokenSource ending, CancellationToken delivered, CancellationToken cancellationToken)
    {
        var since = Time.GetTimestamp();
        var wait = Interval;
        while (await WaitAsync(wait, delivered))
        {
            var asked = Time.GetTimestamp();
            var state = await Renew(cancellationToken);
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

    private async Task<bool> WaitAsync(TimeSpan time, CancellationToken delivered)
    {
        try
        {
            await Task.Delay(time, Time, delivered);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
