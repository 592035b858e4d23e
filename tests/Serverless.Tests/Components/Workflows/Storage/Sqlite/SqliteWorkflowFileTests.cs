using Serverless.Components.Registry;
using Serverless.Components.State;
using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;
using Serverless.Tests.Components.State.Sqlite;

namespace Serverless.Tests.Components.Workflows.Storage.Sqlite;

/// <summary>The file of workflows: beside the state's tables, full, of another level, not writable.</summary>
public sealed class SqliteWorkflowFileTests : IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly Guid _session = Guid.NewGuid();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_OfAStateStore_KeepsBothAndOutlivesAReload()
    {
        await using var state = _folder.Store(TimeProvider.System);
        await state.InitializeAsync(Cancellation);
        await using var first = await OpenAsync();
        await first.CreateAsync(New("w1"), Cancellation);
        await state.SetAsync(new StateSet { Key = "k", Value = "1"u8.ToArray() }, Cancellation);

        // As on a reload: the new ones are open before the old ones are closed.
        await using var laterState = _folder.Store(TimeProvider.System, ("busyTimeout", "1s"));
        await laterState.InitializeAsync(Cancellation);
        await using var later = await OpenAsync(("busyTimeout", "1s"));
        await first.DisposeAsync();
        await state.DisposeAsync();

        Assert.NotNull(await later.FindAsync("w1", Cancellation));
        Assert.NotNull(await laterState.GetAsync(new StateGet("k", "", StateMetadata.Empty), Cancellation));
        await later.DisposeAsync();
        await laterState.DisposeAsync();
        await using var reopened = await OpenAsync();
        Assert.NotNull(await reopened.FindAsync("w1", Cancellation));
    }

    [Fact]
    public async Task Tables_WithAPrefix_AreOthers()
    {
        await using var store = await OpenAsync();
        await using var other = await OpenAsync(("workflowTablePrefix", "wf2_"));
        await store.CreateAsync(New("w1"), Cancellation);

        Assert.Null(await other.FindAsync("w1", Cancellation));
        Assert.Equal("7", await _folder.ShellAsync("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'wf2#_%' ESCAPE '#' AND name <> 'wf2_metadata';"));
    }

    [Fact]
    public async Task Commit_OnAFullDisk_FailsAndLeavesNoTrace()
    {
        await using var store = await OpenAsync(("connectionString", $"file:{_folder.File}?_pragma=max_page_count(120)"));
        await store.KeepSessionAsync(new WorkerSession(_session, "machine/1", _now.AddHours(1)), isNew: true, Cancellation);
        await store.CreateAsync(New("w1"), Cancellation);
        var large = Turn(1, [.. Enumerable.Range(0, 100).Select(number => Item($"a{number}", 10_000))]);

        var failure = await Assert.ThrowsAsync<WorkflowStoreException>(async () => await store.CommitAsync(large, Cancellation));

        Assert.Equal($"component 'statestore': SQLite file '{_folder.File}': database or disk is full", failure.Message);
        Assert.Equal(0, (await store.FindAsync("w1", Cancellation))!.Version);
        Assert.Null(await store.ClaimAsync("w1", "a0", _session, Cancellation));
        Assert.Equal(CommitOutcome.Committed, (await store.CommitAsync(Turn(1, Item("a0", 10)), Cancellation)).Outcome);
        Assert.NotNull(await store.ClaimAsync("w1", "a0", _session, Cancellation));
    }

    [Fact]
    public async Task Tables_OfALaterLevel_AreRefused()
    {
        await using (await OpenAsync())
        {
        }

        await _folder.ShellAsync("UPDATE workflow_metadata SET value = 2;");

        var failure = await Assert.ThrowsAsync<WorkflowStoreException>(() => OpenAsync());
        Assert.Equal(
            $"component 'statestore': SQLite file '{_folder.File}': the workflow tables are of level 2, which a later version of this program made; this one knows 1",
            failure.Message);
    }

    [Fact]
    public async Task File_ThatIsNoDatabase_IsRefused()
    {
        await File.WriteAllTextAsync(_folder.File, new string('x', 2_000), Cancellation);

        var failure = await Assert.ThrowsAsync<WorkflowStoreException>(() => OpenAsync());

        Assert.Equal($"component 'statestore': SQLite file '{_folder.File}': file is not a database", failure.Message);
    }

    [Theory]
    [InlineData("connectionString", "file:/a.db?mode=ro", "metadata 'connectionString': expected a file that may be written, because workflows are kept in it")]
    [InlineData("workflowTablePrefix", "a-b", "metadata 'workflowTablePrefix': expected letters A-Z, digits and _ only")]
    public void Settings_ThatWillNotDo_AreRefused(string name, string value, string message)
    {
        var refusal = Assert.Throws<ComponentException>(() => WorkflowStores.Create(_folder.Context(TimeProvider.System, (name, value)), "app"));

        Assert.Equal($"component 'statestore': {message}", refusal.Message);
    }

    [Fact]
    public async Task Calls_AfterTheEnd_FailAsTheStore()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();

        var failure = await Assert.ThrowsAsync<WorkflowStoreException>(async () => await store.CreateAsync(New("w1"), Cancellation));

        Assert.Equal($"component 'statestore': SQLite file '{_folder.File}': closed", failure.Message);
        await Assert.ThrowsAsync<WorkflowStoreException>(async () => await store.FindAsync("w1", Cancellation));
    }

    private async Task<IWorkflowStore> OpenAsync(params (string Name, string Value)[] items)
    {
        var store = WorkflowStores.Create(_folder.Context(TimeProvider.System, items), "app");
        await store.InitializeAsync(Cancellation);
        return store;
    }

    private NewWorkflow New(string id) => new() { Record = Record(0) with { InstanceId = id }, First = new InboxMessage("start", "e1", new byte[3]), Owner = _session, Due = _now };

    private WorkflowRecord Record(long version) => new()
    {
        InstanceId = "w1",
        Name = "Order",
        ExecutionId = "e1",
        Version = version,
        Status = WorkflowRuntimeStatus.Running,
        CreatedAt = _now,
        UpdatedAt = _now,
        Start = new byte[3],
    };

    private WorkItem Item(string id, int size) => new()
    {
        InstanceId = "w1", WorkId = id, Kind = WorkKind.Activity, Name = "Charge", Due = _now, Owner = _session, Content = new byte[size],
    };

    private TurnCommit Turn(long version, params WorkItem[] work) => new()
    {
        Record = Record(version),
        ExpectedExecutionId = "e1",
        Owner = _session,
        History = [new byte[10]],
        Consumed = ["start"],
        NewWork = work,
    };
}
