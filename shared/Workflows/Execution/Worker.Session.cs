using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>The session: kept alive as long as the store confirms it in time.</summary>
internal sealed partial class Worker
{
    private const int PeriodsToExpiry = 3;
    private static readonly TimeSpan LongestEnding = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RepairInterval = TimeSpan.FromMinutes(1);

    private Task _heart = Task.CompletedTask;
    private Task _repairing = Task.CompletedTask;
    private long _kept;
    private int _uses;

    /// <summary>Waits until the session is lost, or unsure.</summary>
    public Task WhenEndedAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    private TimeSpan Period => Scope.Dispatcher?.Heartbeat ?? Scope.Options.Heartbeat;

    private TimeSpan Left => (Period * PeriodsToExpiry * 0.9) - Scope.Time.GetElapsedTime(Volatile.Read(ref _kept));

    /// <summary>Opens a session.</summary>
    public static async Task<Worker> OpenAsync(ExecutionScope scope, CancellationToken cancellationToken)
    {
        var begun = scope.Time.GetTimestamp();
        var worker = new Worker(scope, Guid.NewGuid(), begun);
        await scope.Store.KeepSessionAsync(worker.Session(), isNew: true, cancellationToken);
        worker._heart = worker.BeatAsync();
        if (worker._pump is { } pump)
        {
            pump.Start();
            worker._repairing = worker.RepairAsync();
        }

        return worker;
    }

    /// <summary>Counts an invocation that needs the session; false when the session is over.</summary>
    public async ValueTask<bool> TryUseAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _uses);
        if (Scope.Time.GetElapsedTime(Volatile.Read(ref _kept)) < Period)
        {
            return !Lost.IsCancellationRequested;
        }

        var isKept = false;
        try
        {
            return isKept = await KeepAsync(cancellationToken);
        }
        finally
        {
            if (!isKept)
            {
                Return();
            }
        }
    }

    /// <summary>The invocation is over.</summary>
    public void Return() => Interlocked.Decrement(ref _uses);

    /// <summary>True while an invocation needs the session.</summary>
    public bool IsUsed => Volatile.Read(ref _uses) > 0;

    private WorkerSession Session() => new(Id, $"{Environment.MachineName}/{Environment.ProcessId}", Scope.Now + (Period * PeriodsToExpiry));

    private async Task BeatAsync()
    {
        var pause = new RetryPause();
        var wait = Jittered();
        while (await PauseAsync(wait))
        {
            // Behind the host a session that owns nothing may expire: each beat costs a write.
            if (IsHosted && !IsUsed)
            {
                wait = Jittered();
                continue;
            }

            try
            {
                using var limit = new CancellationTokenSource(Left is { Ticks: > 0 } left ? left : Period, Scope.Time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, Lost);
                if (!await KeepAsync(either.Token))
                {
                    return;
                }

                await Scope.Store.ExpireSessionsAsync(Scope.Now, either.Token);
                Scope.Trouble.Clear("keeping the session");
                pause.Reset();
                wait = Jittered();
            }
            catch (Exception failure)
            {
                if (!Lost.IsCancellationRequested)
                {
                    Scope.Trouble.Report("keeping the session", failure);
                }

                var rest = Left;
                if (rest <= TimeSpan.Zero)
                {
                    await LoseAsync();
                    return;
                }

                wait = pause.Next() is var next && next < rest ? next : rest;
            }
        }
    }

    // Behind the host the sweep does it.
    private async Task RepairAsync()
    {
        do
        {
            try
            {
                await Scope.Store.RepairAsync(Scope.Now, Lost);
                Scope.Trouble.Clear("repairing the store");
            }
            catch (Exception failure)
            {
                if (!Lost.IsCancellationRequested)
                {
                    Scope.Trouble.Report("repairing the store", failure);
                }
            }
        }
        while (await PauseAsync(RepairInterval * (0.9 + (Random.Shared.NextDouble() / 5))));
    }

    private async ValueTask<bool> KeepAsync(CancellationToken cancellationToken)
    {
        var begun = Scope.Time.GetTimestamp();
        if (await Scope.Store.KeepSessionAsync(Session(), isNew: false, cancellationToken))
        {
            Volatile.Write(ref _kept, begun);
            return true;
        }

        await LoseAsync();
        return false;
    }

    private async Task LoseAsync()
    {
        IsDraining = true;
        await _lost.CancelAsync();
        _ended.TrySetResult();
    }

    private async Task EndAsync()
    {
        if (Lost.IsCancellationRequested)
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(LongestEnding, Scope.Time);
            await Scope.Store.EndSessionAsync(Id, limit.Token);
        }
        catch (Exception failure) when (failure is WorkflowStoreException or OperationCanceledException)
        {
            // It expires by itself.
            Scope.Trouble.Report("ending the session", failure);
        }
    }

    private TimeSpan Jittered() => Period * (0.9 + (Random.Shared.NextDouble() / 5));
}
