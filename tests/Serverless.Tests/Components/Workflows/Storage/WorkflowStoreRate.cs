using System.Diagnostics;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

/// <summary>How many turns a store commits in a second: one chunk of history, one item completed, some new ones that the committer owns.</summary>
internal sealed class WorkflowStoreRate(IWorkflowStore store, CancellationToken cancellationToken)
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly Guid _session = Guid.NewGuid();

    /// <summary>Each caller has an instance of its own, and commits one turn after the other.</summary>
    /// <returns>Turns in a second, and the processor time of this process for one.</returns>
    public async Task<(double Rate, TimeSpan Processor)> MeasureAsync(int callers, int turns, int newItems)
    {
        await store.KeepSessionAsync(new WorkerSession(_session, "machine/1", _now.AddHours(1)), isNew: true, cancellationToken);
        var instances = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => CreateAsync($"rate-{newItems}-{callers}-{caller}")));
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await Task.WhenAll(instances.Select(record => Task.Run(() => RunAsync(record, turns / callers, newItems), cancellationToken)));
        return (turns / Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processor) / turns);
    }

    private async Task<WorkflowRecord> CreateAsync(string id)
    {
        var record = new WorkflowRecord
        {
            InstanceId = id,
            Name = "Rate",
            ExecutionId = "e1",
            Version = 0,
            Status = WorkflowRuntimeStatus.Pending,
            CreatedAt = _now,
            UpdatedAt = _now,
            Start = new byte[200],
        };
        await store.CreateAsync(new NewWorkflow { Record = record, First = new InboxMessage("start", null, new byte[200]), Owner = _session, Due = _now }, cancellationToken);
        return record;
    }

    private async Task RunAsync(WorkflowRecord record, int turns, int newItems)
    {
        List<WorkItem> open = [];
        for (var turn = 1; turn <= turns; turn++)
        {
            // All that the turn before made but one is cancelled, so that what there is stays the same.
            record = record with { Version = turn, Status = WorkflowRuntimeStatus.Running, UpdatedAt = _now };
            var work = Enumerable.Range(0, newItems).Select(number => new WorkItem
            {
                InstanceId = record.InstanceId,
                WorkId = $"{turn}-{number}",
                Kind = WorkKind.Activity,
                Name = "Charge",
                Due = _now,
                Owner = _session,
                Content = new byte[120],
            }).ToList();
            var result = await store.CommitAsync(
                new TurnCommit
                {
                    Record = record,
                    ExpectedExecutionId = "e1",
                    Owner = _session,
                    History = [new byte[300]],
                    Consumed = turn == 1 ? ["start"] : [],
                    CompletedWork = [.. open.Take(1)],
                    CancelledWork = [.. open.Skip(1).Select(item => item.WorkId)],
                    NewWork = work,
                },
                cancellationToken);
            Assert.Equal(CommitOutcome.Committed, result.Outcome);
            open = work;
        }
    }
}
