using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Looks for free work that this process has room for: at once when it is told of some, when some is due, and now and then for that of others.</summary>
internal sealed class WorkPump(Worker worker) : IAsyncDisposable
{
    private const int MostOfOneClaim = 256;
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(worker.Lost);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private Task _running = Task.CompletedTask;
    private long _due = long.MaxValue;
    private bool _isStarved;

    private ExecutionScope Scope => worker.Scope;

    /// <summary>Begins.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Claims nothing more.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>There is free work, due at a time.</summary>
    public void Wake(DateTimeOffset due)
    {
        var ticks = due.UtcTicks;
        var known = Volatile.Read(ref _due);
        while (ticks < known)
        {
            var seen = Interlocked.CompareExchange(ref _due, ticks, known);
            if (seen == known)
            {
                Signal();
                return;
            }

            known = seen;
        }
    }

    /// <summary>There is room again. It is used once it is worth a claim.</summary>
    public void NoteRoom()
    {
        if (Volatile.Read(ref _isStarved) && (worker.TurnRoom >= MostOfOneClaim / 4 || worker.ActivityRoom >= Math.Min(MostOfOneClaim / 4, Scope.ActivityLimit)))
        {
            Signal();
        }
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(CancellationToken.None);
    }

    private async Task RunAsync()
    {
        var interval = Scope.Store.PollInterval;
        var pause = new RetryPause();
        while (!_stopping.IsCancellationRequested)
        {
            var wait = interval;
            try
            {
                var (found, next) = await ClaimAsync();
                Scope.Trouble.Clear("looking for work");
                pause.Reset();
                interval = found > 0 || Volatile.Read(ref _isStarved) ? Scope.Store.PollInterval : Longer(interval);
                wait = found >= MostOfOneClaim ? TimeSpan.Zero : Until(next, interval);
            }
            catch (Exception failure)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    // What was given out, if anything was, comes free with the session.
                    worker.MarkUnsure();
                    Scope.Trouble.Report("looking for work", failure);
                    wait = pause.Next();
                }
            }

            await WaitAsync(wait);
        }
    }

    private async ValueTask<(int Found, DateTimeOffset? Next)> ClaimAsync()
    {
        Volatile.Write(ref _due, long.MaxValue);
        var settings = Scope.Settings;
        var (turns, activities) = (Math.Min(worker.TurnRoom, MostOfOneClaim), Math.Min(worker.ActivityRoom, MostOfOneClaim));
        Volatile.Write(ref _isStarved, turns == 0 || activities == 0 || settings.GlobalMaxWorkflows is not null || settings.GlobalMaxActivities is not null);
        if (turns == 0 && activities == 0)
        {
            return (0, null);
        }

        var claim = new WorkClaim
        {
            Owner = worker.Id,
            Now = Scope.Now,
            MostTurns = turns,
            MostActivities = activities,
            MostTurnsOfAll = settings.GlobalMaxWorkflows,
            MostActivitiesOfAll = settings.GlobalMaxActivities,
        };
        var result = await Scope.Store.ClaimAsync(claim, _stopping.Token);
        foreach (var item in result.Items)
        {
            if (item.Kind == WorkKind.Activity && Scope.Activities.IsCrowded(item.Name))
            {
                // Others of its name wait here already; it must not keep the room of other activities.
                await Scope.Store.ReleaseAsync(item with { Due = claim.Now + LongestIdle }, worker.Id, _stopping.Token);
            }
            else
            {
                worker.Accept(item);
            }
        }

        Volatile.Write(ref _isStarved, _isStarved || result.Items.Count >= Math.Min(turns, activities));
        return (result.Items.Count, result.NextDue);
    }

    private TimeSpan Until(DateTimeOffset? next, TimeSpan longest)
    {
        var known = Volatile.Read(ref _due);
        var due = known == long.MaxValue ? next : next is { } other && other.UtcTicks < known ? other : new DateTimeOffset(known, TimeSpan.Zero);
        return due is not { } at ? longest : at - Scope.Now is var left && left < TimeSpan.Zero ? TimeSpan.Zero : left < longest ? left : longest;
    }

    private static TimeSpan Longer(TimeSpan interval) => interval >= LongestIdle ? interval : interval * 2 is var doubled && doubled < LongestIdle ? doubled : LongestIdle;

    private void Signal()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake.
        }
    }

    private async ValueTask WaitAsync(TimeSpan time)
    {
        // A free item that nobody may claim yet must not make this spin.
        var wait = time > TimeSpan.FromMilliseconds(2) ? time : TimeSpan.FromMilliseconds(2);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var slept = Task.Delay(wait, Scope.Time, limit.Token);
        await Task.WhenAny(slept, _wake.WaitAsync(limit.Token));
        await limit.CancelAsync();
    }
}
