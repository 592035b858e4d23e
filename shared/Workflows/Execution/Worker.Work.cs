using Serverless.Components.Workflows.History;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Where owned work goes by its kind.</summary>
internal sealed partial class Worker
{
    private static readonly TimeSpan PurgeAgain = TimeSpan.FromSeconds(2);

    /// <summary>Does an item that this session owns, now or when it is due.</summary>
    /// <param name="item">The item.</param>
    /// <param name="idle">Completed when it has been done with all that follows for its instance; null when nobody waits.</param>
    public void Accept(WorkItem item, TaskCompletionSource? idle = null)
    {
        if (IsDraining && !IsHosted)
        {
            return;
        }

        switch (item.Kind)
        {
            case WorkKind.Turn:
                Turns.Post(item.InstanceId, item.Name, TurnReasons.Claimed, idle: idle);
                break;
            case WorkKind.Activity:
                _ = Activities.RunAsync(item, idle);
                break;
            case WorkKind.Message:
                _ = SettleAsync(() => _messages.CarryAsync([item]), idle);
                break;
            case var _ when item.Due > Scope.Now && !IsHosted:
                _timers.Add(item);
                break;
            case WorkKind.Timer:
                Turns.Post(item.InstanceId, item.Name, TurnReasons.None, Fired(item), idle: idle);
                break;
            default:
                _ = SettleAsync(() => PurgeAsync(item), idle);
                break;
        }
    }

    /// <summary>Takes on what a commit made: what is owned is done, of the rest others are told.</summary>
    public async ValueTask TakeOnAsync(IReadOnlyList<WorkItem> items)
    {
        List<WorkItem>? messages = null, free = null;
        foreach (var item in items)
        {
            if (item.Owner is null)
            {
                (free ??= []).Add(item);
            }
            else if (item.Kind == WorkKind.Message)
            {
                (messages ??= []).Add(item);
            }
            else if (item.Kind != WorkKind.Turn)
            {
                Accept(item);
            }
        }

        if (free is not null)
        {
            await FreeWork.AnnounceAsync(Scope, this, free, Lost);
        }

        if (messages is not null && IsHosted)
        {
            await _messages.CarryAsync(messages);
        }
        else if (messages is not null)
        {
            _ = SettleAsync(() => _messages.CarryAsync(messages), null);
        }
    }

    /// <summary>Forgets what an execution that is over asked for.</summary>
    public void Forget(string instanceId)
    {
        Activities.Forget(instanceId);
        _timers.Remove(instanceId);
    }

    /// <summary>Forgets timers that nobody waits for.</summary>
    public void CancelTimers(string instanceId, IReadOnlyList<string> workIds)
    {
        foreach (var id in workIds)
        {
            _timers.Remove(instanceId, id);
        }
    }

    /// <summary>Gives an item back.</summary>
    public async ValueTask ReleaseAsync(WorkItem item)
    {
        await Scope.Store.ReleaseAsync(item, Id, Lost);
        await FreeWork.AnnounceAsync(Scope, this, [item], Lost);
    }

    /// <summary>Sees to it that an instance to which something was appended gets its turn.</summary>
    public async ValueTask NoteAppendAsync(string instanceId, AppendOutcome outcome)
    {
        if (outcome == AppendOutcome.Owned)
        {
            Turns.Post(instanceId, null, TurnReasons.Owned);
        }
        else if (outcome == AppendOutcome.Appended)
        {
            await FreeWork.AnnounceAsync(Scope, this, [new() { InstanceId = instanceId, WorkId = WorkItem.TurnId, Kind = WorkKind.Turn, Name = "", Due = Scope.Now }], Lost);
        }
    }

    /// <summary>There is free work, due at a time.</summary>
    public void NoteFreeWork(DateTimeOffset due) => _pump?.Wake(due);

    /// <summary>There is room for more work.</summary>
    public void NoteRoom() => _pump?.NoteRoom();

    /// <summary>Does something until the store takes it; behind the host once.</summary>
    public async Task RetryAsync(string kind, Func<Task> action)
    {
        var pause = new RetryPause();
        while (true)
        {
            try
            {
                await action();
                Scope.Trouble.Clear(kind);
                return;
            }
            catch (Exception failure) when (failure is WorkflowStoreException or OperationCanceledException && !IsHosted && !Lost.IsCancellationRequested)
            {
                MarkUnsure();
                Scope.Trouble.Report(kind, failure);
            }

            if (!await PauseAsync(pause.Next()))
            {
                throw new OperationCanceledException(Lost);
            }
        }
    }

    /// <summary>Lets time pass; false when the session was lost.</summary>
    public async ValueTask<bool> PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, Scope.Time, Lost);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private LocalResult Fired(WorkItem item)
    {
        var task = int.Parse(item.WorkId.AsSpan(item.WorkId.LastIndexOf('.') + 1), System.Globalization.CultureInfo.InvariantCulture);
        return new LocalResult(item, WorkIds.ExecutionOf(item.WorkId), new TimerFired(task) { Timestamp = Scope.Now });
    }

    // An instance whose messages are still on their way stays until they have arrived.
    private async Task PurgeAsync(WorkItem item)
    {
        Interlocked.Increment(ref _purges);
        try
        {
            await RetryAsync("removing an ended workflow", async () =>
            {
                var record = await Scope.Store.FindAsync(item.InstanceId, Lost);
                if (record is { HasEnded: true } && record.ExecutionId == WorkIds.ExecutionOf(item.WorkId) && !await Scope.Store.PurgeAsync(item.InstanceId, record.Version, Lost))
                {
                    await ReleaseAsync(item with { Due = Scope.Now + PurgeAgain });
                }
            });
        }
        finally
        {
            Interlocked.Decrement(ref _purges);
        }
    }

    private async Task SettleAsync(Func<Task> work, TaskCompletionSource? idle)
    {
        try
        {
            await work();
            idle?.TrySetResult();
        }
        catch (Exception failure)
        {
            if (failure is not OperationCanceledException)
            {
                MarkUnsure();
                Scope.Trouble.Report("work", failure);
            }

            idle?.TrySetException(failure);
        }
    }
}
