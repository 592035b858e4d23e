using System.Diagnostics;
using System.Globalization;
using Serverless.Backends.PostgreSql;
using Serverless.Components.Registry;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Components.State;
using Serverless.Tests.Components.State.PostgreSql;
using Serverless.Tests.Components.State.Sqlite;

namespace Serverless.Tests.Components.Workflows.Storage;

/// <summary>Figures of the SQL stores, to be asked for by name: no machine that is shared can promise any.</summary>
public sealed class WorkflowStoreRateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Rate_OfSqlite()
    {
        using var folder = new SqliteFolder();
        await MeasureAsync(folder.Context(TimeProvider.System), 20_000);
    }

    [Fact(Explicit = true)]
    public Task Rate_OfMemory() => MeasureAsync(StateContexts.Create("state.in-memory", TimeProvider.System), 20_000);

    [Fact(Explicit = true)]
    public async Task Rate_OfPostgreSql()
    {
        await using var server = await PostgreSqlServer.StartAsync(new PostgreSqlServerSettings { IsDurable = true }, Cancellation);
        await MeasureAsync(PostgreSqlStores.Context(server.ConnectionString, TimeProvider.System), 5_000);
    }

    private static async Task MeasureAsync(ComponentContext context, int turns)
    {
        await using var store = WorkflowStores.Create(context, "rate");
        await store.InitializeAsync(Cancellation);
        var rate = new WorkflowStoreRate(store, Cancellation);
        await rate.MeasureAsync(16, turns / 10, 2);
        foreach (var (callers, items) in new[] { (1, 1), (16, 1), (128, 1), (128, 5), (128, 10) })
        {
            var (perSecond, processor) = await rate.MeasureAsync(callers, callers == 1 ? turns / 10 : turns, items);
            Say($"{callers} callers, {items} new items: {perSecond:0} turns/s, {processor.TotalMicroseconds:0} µs of processor each");
        }

        await MeasureLargeAsync(store);
    }

    // A history of 10,000 events in 2,000 turns, and a thousand items at once.
    private static async Task MeasureLargeAsync(IWorkflowStore store)
    {
        var (now, session) = (TimeProvider.System.GetUtcNow(), Guid.NewGuid());
        await store.KeepSessionAsync(new WorkerSession(session, "machine/1", now.AddHours(1)), isNew: true, Cancellation);
        var record = new WorkflowRecord
        {
            InstanceId = "large", Name = "Large", ExecutionId = "e1", Version = 0, Status = WorkflowRuntimeStatus.Pending, CreatedAt = now, UpdatedAt = now, Start = new byte[200],
        };
        await store.CreateAsync(new NewWorkflow { Record = record, First = new InboxMessage("start", null, new byte[200]), Owner = session, Due = now }, Cancellation);
        for (var turn = 1; turn <= 2_000; turn++)
        {
            record = record with { Version = turn };
            await CommitAsync(new TurnCommit { Record = record, ExpectedExecutionId = "e1", Owner = session, History = [new byte[1_000]], Consumed = ["start"] });
        }

        Say($"load of 2,000 chunks: {await TimeAsync(async () => Assert.Equal(2_000, (await store.LoadAsync("large", KnownVersion.None, Cancellation))!.History.Count)):0.0} ms");
        Say($"load of the last 2: {await TimeAsync(async () => Assert.Equal(2, (await store.LoadAsync("large", new KnownVersion("e1", 1_998), Cancellation))!.History.Count)):0.00} ms");
        var work = Enumerable.Range(0, 1_000).Select(number => new WorkItem
        {
            InstanceId = "large", WorkId = $"a{number}", Kind = WorkKind.Activity, Name = "Charge", Due = now, Owner = session, Content = new byte[120],
        }).ToList();
        record = record with { Version = 2_001 };
        var fanOut = new TurnCommit { Record = record, ExpectedExecutionId = "e1", Owner = session, NewWork = work };
        Say($"commit of 1,000 new items: {await TimeAsync(() => CommitAsync(fanOut), 1):0.0} ms");
        var fanIn = fanOut with { Record = record with { Version = 2_002 }, NewWork = [], CompletedWork = work };
        Say($"commit of 1,000 completed items: {await TimeAsync(() => CommitAsync(fanIn), 1):0.0} ms");

        async Task CommitAsync(TurnCommit turn) => Assert.Equal(CommitOutcome.Committed, (await store.CommitAsync(turn, Cancellation)).Outcome);
    }

    private static async Task<double> TimeAsync(Func<Task> action, int times = 20)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            await action();
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
    }

    private static void Say(FormattableString text) => TestContext.Current.TestOutputHelper!.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
