namespace Serverless.Components.Bindings.Cron;

/// <summary>Waits for times of a clock that can jump: a machine sleeps, or its clock is set.</summary>
internal sealed class CronClock(TimeProvider time)
{
    /// <summary>How late a jump is noticed.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>A clock that is set back by more is a reason to look at the schedule again.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>The time.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Waits for a time, a jump back, or a stop; null is a time that never comes.</summary>
    public async ValueTask WaitUntilAsync(DateTimeOffset? at, CancellationToken stopping)
    {
        var latest = Now;
        for (var now = latest; (at is null || now < at) && now > latest - Jump && !stopping.IsCancellationRequested; now = Now)
        {
            latest = now > latest ? now : latest;
            var left = at is null || at - now > LongestWait ? LongestWait : at.Value - now;
            try
            {
                await Task.Delay(left < ShortestWait ? ShortestWait : left, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
