using System.Buffers.Binary;
using Serverless.Components.Registry.Leases;
using Serverless.Components.Workflows.Dispatch;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Behind the Functions host: work that doorbells tell of, and the sweep that sends lost ones again.</summary>
public sealed partial class WorkflowRuntime
{
    /// <summary>How often a worker may die of an item before its workflow is failed.</summary>
    private const int MostDeaths = 5;

    private const int MostOfSweep = 256;
    private static readonly TimeSpan EarlyBy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestForgiving = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SweepLease = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _opening = new(1);
    private readonly SemaphoreSlim _suspects = new(1);

    /// <summary>Does what a doorbell is for. When it returns the doorbell may be acknowledged; it throws to have it again.</summary>
    /// <exception cref="WorkflowStoreException">The store can't be reached; that is not the work's fault.</exception>
    /// <exception cref="WorkflowDispatchException">The queue can't be reached; that is not the work's fault.</exception>
    public async ValueTask AnswerAsync(WorkflowDoorbell doorbell, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(doorbell);
        if (doorbell.Due - _scope.Now > EarlyBy)
        {
            await RingAsync([doorbell], cancellationToken);
            return;
        }

        await WithWorkerAsync(worker => AnswerAsync(worker, doorbell, cancellationToken), cancellationToken);
    }

    /// <summary>Gives up on what a doorbell is for: its workflow fails. Nothing happens when the work is done, or with a process that lives.</summary>
    public async ValueTask FailAsync(WorkflowDoorbell doorbell, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(doorbell);
        await WithWorkerAsync(
            async worker =>
            {
                if (await _scope.Store.ClaimAsync(doorbell.InstanceId, doorbell.WorkId, worker.Id, cancellationToken) is { } item)
                {
                    await FailAsync(worker, item, reason);
                }
            },
            cancellationToken);
    }

    /// <summary>Frees the work of processes that are gone, sends doorbells that were lost again, and fails what the queue gave up on. One process at a time does it.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        if (_scope.Options.Context.Host.Leases?.FindDefault() is not { } leases)
        {
            await SweepAloneAsync(cancellationToken);
            return;
        }

        await using var lease = await HeldLease.TryTakeAsync(leases, $"workflow-sweep-{_scope.Options.AppId}", Guid.NewGuid(), SweepLease, _scope.Time, cancellationToken);
        if (lease is null)
        {
            return;
        }

        // Whatever a sweep that lost its lease still does is harmless: each of its steps may come twice.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, cancellationToken);
        await SweepAloneAsync(either.Token);
        await lease.TryReleaseAsync(null, cancellationToken);
    }

    private async ValueTask SweepAloneAsync(CancellationToken cancellationToken)
    {
        await _scope.Store.ExpireSessionsAsync(_scope.Now, cancellationToken);
        await _scope.Store.RepairAsync(_scope.Now, cancellationToken);
        IReadOnlyList<WorkItem> overdue;
        do
        {
            var now = _scope.Now;
            overdue = await _scope.Store.FindOverdueAsync(now - (_scope.Dispatcher?.ResendAfter ?? TimeSpan.Zero), now, MostOfSweep, cancellationToken);
            if (overdue.Count > 0)
            {
                await RingAsync([.. overdue.Select(item => FreeWork.Doorbell(_scope, item) with { IsRepeated = true })], cancellationToken);
            }
        }
        while (overdue.Count == MostOfSweep);

        if (_scope.Dispatcher is { } dispatcher)
        {
            // Whoever died is not told there: what was with a process when another's work ended it is innocent. Sent again it is counted.
            await dispatcher.DrainPoisonAsync((doorbell, token) => dispatcher.SendAsync([doorbell with { IsRepeated = true }], token), cancellationToken);
        }
    }

    private async Task AnswerAsync(Worker worker, WorkflowDoorbell doorbell, CancellationToken cancellationToken)
    {
        // Gone means done; somebody else's is that one's.
        if (await _scope.Store.ClaimAsync(doorbell.InstanceId, doorbell.WorkId, worker.Id, cancellationToken) is not { } item)
        {
            return;
        }

        try
        {
            if (item.Due - _scope.Now > EarlyBy)
            {
                await worker.ReleaseAsync(item);
            }
            else if (doorbell.IsRepeated)
            {
                await DoSuspectAsync(worker, item, cancellationToken);
            }
            else
            {
                await DoAsync(worker, item, cancellationToken);
            }
        }
        catch (Exception failure)
        {
            await GiveBackAsync(worker, item);
            if (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new WorkflowStoreException("the session was lost, or this process stops; the work is done again", failure);
            }

            throw;
        }
    }

    private async ValueTask FailAsync(Worker worker, WorkItem item, string reason)
    {
        if (item.Kind is WorkKind.Message or WorkKind.Purge)
        {
            // The workflow itself may go on, or is over; the sweep rings again.
            await _scope.Store.ReleaseAsync(item, worker.Id, worker.Lost);
            return;
        }

        await worker.Turns.FailAsync(item.InstanceId, reason, item);
    }

    private async Task DoAsync(Worker worker, WorkItem item, CancellationToken cancellationToken)
    {
        while (item.Due - _scope.Now is { Ticks: > 0 } early)
        {
            // Timers may fire within the millisecond before their time.
            await Task.Delay(early + Grain, _scope.Time, cancellationToken);
        }

        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Accept(item, idle);
        await idle.Task.WaitAsync(cancellationToken);
    }

    // Of several that died together one at a time is tried again, so that the guilty one is counted and the others get through.
    private async Task DoSuspectAsync(Worker worker, WorkItem item, CancellationToken cancellationToken)
    {
        var key = $"deaths-{item.WorkId}.";
        var deaths = await _scope.Store.GetPayloadAsync(item.InstanceId, key, cancellationToken) is { Length: sizeof(int) } known ? BinaryPrimitives.ReadInt32LittleEndian(known.Span) : 0;
        if (deaths >= MostDeaths)
        {
            await FailAsync(worker, item, $"the worker died {deaths + 1} times of '{item.Name}'");
            return;
        }

        var isAlone = deaths > 0;
        if (isAlone)
        {
            await _suspects.WaitAsync(cancellationToken);
        }

        try
        {
            await CountAsync(item.InstanceId, key, deaths + 1, cancellationToken);
            await DoAsync(worker, item, cancellationToken);
            await CountAsync(item.InstanceId, key, 0, cancellationToken);
        }
        catch (Exception)
        {
            // Nobody died: what failed has another reason.
            await ForgiveAsync(item.InstanceId, key, deaths);
            throw;
        }
        finally
        {
            if (isAlone)
            {
                _suspects.Release();
            }
        }
    }

    private async ValueTask CountAsync(string instanceId, string key, int deaths, CancellationToken cancellationToken)
    {
        if (deaths == 0)
        {
            await _scope.Store.TrimPayloadsAsync(instanceId, key, [], cancellationToken);
            return;
        }

        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, deaths);
        await _scope.Store.PutPayloadAsync(instanceId, key, bytes, cancellationToken);
    }

    private async ValueTask ForgiveAsync(string instanceId, string key, int deaths)
    {
        using var limit = new CancellationTokenSource(LongestForgiving, _scope.Time);
        try
        {
            await CountAsync(instanceId, key, deaths, limit.Token);
        }
        catch (Exception failure) when (failure is WorkflowStoreException or OperationCanceledException)
        {
            _scope.Trouble.Report("forgetting a death that was none", failure);
        }
    }

    // The queue brings the same doorbell again, so that nobody needs to be told.
    private async ValueTask GiveBackAsync(Worker worker, WorkItem item)
    {
        try
        {
            await _scope.Store.ReleaseAsync(item, worker.Id, worker.Lost);
        }
        catch (Exception failure) when (failure is WorkflowStoreException or OperationCanceledException)
        {
            worker.MarkUnsure();
            _scope.Trouble.Report("giving work back", failure);
        }
    }

    private async ValueTask RingAsync(IReadOnlyList<WorkflowDoorbell> doorbells, CancellationToken cancellationToken)
    {
        if (_scope.Dispatcher is { } dispatcher)
        {
            await dispatcher.SendAsync(doorbells, cancellationToken);
        }
    }

    private async ValueTask WithWorkerAsync(Func<Worker, Task> action, CancellationToken cancellationToken)
    {
        var worker = await UseWorkerAsync(cancellationToken);
        try
        {
            await action(worker);
        }
        finally
        {
            worker.Return();
        }
    }

    // A process may have been frozen for long: its session shows only now that it is over.
    private async ValueTask<Worker> UseWorkerAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        await _opening.WaitAsync(either.Token);
        try
        {
            if (_worker is { } present)
            {
                if (!present.IsUnsure && await present.TryUseAsync(either.Token))
                {
                    return present;
                }

                Replace(present);
                _worker = null;
            }

            either.Token.ThrowIfCancellationRequested();
            _worker = await Worker.OpenAsync(_scope, either.Token);
            await _worker.TryUseAsync(either.Token);
            return _worker;
        }
        finally
        {
            _opening.Release();
        }
    }
}
