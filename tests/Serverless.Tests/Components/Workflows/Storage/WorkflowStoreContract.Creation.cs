using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

public abstract partial class WorkflowStoreContract
{
    [Fact]
    public async Task Create_New_IsPendingWithItsMessageAndItsTurn()
    {
        var workflow = New(owner: Me);

        Assert.Equal(CreateOutcome.Created, await Store.CreateAsync(workflow, Cancellation));

        var loaded = await LoadAsync();
        Assert.Equal(Describe(workflow.Record), Describe(loaded.Record));
        Assert.Equal(Describe(workflow.Record), Describe((await Other.FindAsync(Id, Cancellation))!));
        Assert.True(loaded.IsWhole);
        Assert.Empty(loaded.History);
        var message = Assert.Single(loaded.Inbox);
        Assert.Equal(("start", "e1", "event start"), (message.Id, message.ExecutionId, Text(message.Event)));
        Assert.Equal("mine", await StateOfAsync(Id, WorkItem.TurnId));
        var turn = await Store.ClaimAsync(Id, WorkItem.TurnId, Me, Cancellation);
        Assert.Equal((Id, WorkItem.TurnId, WorkKind.Turn, "Order", Me), (turn!.InstanceId, turn.WorkId, turn.Kind, turn.Name, turn.Owner));
    }

    [Fact]
    public async Task Create_Scheduled_WaitsForItsTime()
    {
        var due = Start.AddHours(3);

        Assert.Equal(CreateOutcome.Created, await Store.CreateAsync(New(due: due), Cancellation));

        Assert.Empty((await Other.ClaimAsync(Claim(You, due.AddSeconds(-1)), Cancellation)).Items);
        var turn = Assert.Single((await Other.ClaimAsync(Claim(You, due), Cancellation)).Items);
        Assert.Equal((Id, WorkItem.TurnId, WorkKind.Turn, "Order", You, due), (turn.InstanceId, turn.WorkId, turn.Kind, turn.Name, turn.Owner, turn.Due));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Create_OfActiveInstance_LeavesNoTrace(bool hasRun)
    {
        await (hasRun ? RunAsync(Item("a1")) : CreateAsync());
        var before = await DumpAsync(Id, "a1");

        Assert.Equal(CreateOutcome.IsActive, await Other.CreateAsync(New(execution: "e2", message: "start-2", owner: You), Cancellation));

        Assert.Equal(before, await DumpAsync(Id, "a1"));
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("running")]
    [InlineData("anew")]
    [InlineData("ended")]
    public async Task Create_AskedAgain_IsCreatedAgainAndChangesNothing(string state)
    {
        await CreateAsync();
        if (state != "pending")
        {
            var turn = Turn(await LoadAsync(), Item("m1", WorkKind.Message));
            turn = state == "anew" ? turn with { Record = turn.Record with { ExecutionId = "e2" }, ReplacesHistory = true } : turn;
            await CommitAsync(state == "ended" ? Ending(turn) : turn);
        }

        var before = await DumpAsync(Id, "m1");

        Assert.Equal(CreateOutcome.Created, await Other.CreateAsync(New(owner: Me), Cancellation));

        Assert.Equal(before, await DumpAsync(Id, "m1"));
    }

    [Theory]
    [InlineData(WorkflowRuntimeStatus.Completed)]
    [InlineData(WorkflowRuntimeStatus.Failed)]
    [InlineData(WorkflowRuntimeStatus.Terminated)]
    [InlineData(WorkflowRuntimeStatus.Canceled)]
    public async Task Create_OfEndedInstance_ReplacesIt(WorkflowRuntimeStatus status)
    {
        await CreateAsync();
        await CommitAsync(Ending(Turn(await LoadAsync(), Item("purge", WorkKind.Purge, due: Start.AddDays(1)), Item("m1", WorkKind.Message), Item("m2", WorkKind.Message, owner: Me)), status));

        Assert.Equal(CreateOutcome.Created, await Other.CreateAsync(New(execution: "e2", message: "start-2", owner: You), Cancellation));

        var loaded = await LoadAsync();
        Assert.Equal(Describe(New(execution: "e2").Record), Describe(loaded.Record));
        Assert.Empty(loaded.History);
        Assert.Equal("start-2", Assert.Single(loaded.Inbox).Id);
        Assert.Equal("yours", await StateOfAsync(Id, WorkItem.TurnId));

        // What is on its way to others is still brought there.
        Assert.Equal("gone free mine", await StatesAsync("purge", "m1", "m2"));
    }

    [Fact]
    public async Task Create_ByMany_OneIsCreated()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(index =>
            (index % 2 == 0 ? Store : Other).CreateAsync(New(execution: $"e{index}", message: $"start-{index}", owner: Me), Cancellation).AsTask()));

        var created = Assert.Single(Enumerable.Range(0, 12), index => outcomes[index] == CreateOutcome.Created);
        var loaded = await LoadAsync();
        Assert.Equal($"e{created}", loaded.Record.ExecutionId);
        Assert.Equal($"start-{created}", Assert.Single(loaded.Inbox).Id);
    }

    [Theory]
    [InlineData("a.b_c-d:1")]
    [InlineData("Grüße 日本 🚀/\\#?%{x} '\"")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task Instance_OfAnyName_IsItself(string id)
    {
        await CreateAsync(id);
        await CreateAsync(id.ToUpperInvariant() + "-", "other");
        var turn = Turn(await LoadAsync(id), Item("a1", owner: Me, id: id));
        await CommitAsync(turn with { Record = turn.Record with { Outcome = Bytes("ünï\0code") }, History = [new byte[] { 0, 255, 10, 13, 0 }] });

        var loaded = await LoadAsync(id);

        Assert.Equal((id, "e1", 1), (loaded.Record.InstanceId, loaded.Record.ExecutionId, loaded.Record.Version));
        Assert.Equal("ünï\0code", Text(loaded.Record.Outcome));
        Assert.Equal([0, 255, 10, 13, 0], Assert.Single(loaded.History).ToArray());
        Assert.Equal(id, (await Store.ClaimAsync(id, "a1", Me, Cancellation))!.InstanceId);
        Assert.Contains(id, (await Store.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records.Select(record => record.InstanceId));
        Assert.True(await Store.PurgeAsync(id, 1, Cancellation));
        Assert.Null(await Store.FindAsync(id, Cancellation));
        Assert.NotNull(await Store.FindAsync(id.ToUpperInvariant() + "-", Cancellation));
    }

    [Fact]
    public async Task Apps_OfOneBackend_SeeNothingOfEachOther()
    {
        if (!IsShared)
        {
            return;
        }

        var stranger = await OpenAsync(AppId + "-2");
        var session = Guid.NewGuid();
        Assert.True(await stranger.KeepSessionAsync(new WorkerSession(session, "machine/2", Start.AddHours(1)), isNew: true, Cancellation));
        await RunAsync(Item("a1"));
        await Store.PutPayloadAsync(Id, "p1", Bytes("payload"), Cancellation);

        Assert.Null(await stranger.FindAsync(Id, Cancellation));
        Assert.Null(await stranger.LoadAsync(Id, KnownVersion.None, Cancellation));
        Assert.Equal(AppendOutcome.NotFound, await stranger.AppendAsync(Id, Message("m1"), null, Cancellation));
        Assert.Empty((await stranger.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records);
        Assert.Empty((await stranger.ClaimAsync(Claim(session, Soon), Cancellation)).Items);
        Assert.Null(await stranger.ClaimAsync(Id, "a1", session, Cancellation));
        Assert.Empty(await stranger.FindOverdueAsync(Soon, Soon, 10, Cancellation));
        Assert.Null(await stranger.GetPayloadAsync(Id, "p1", Cancellation));
        Assert.Equal(0, await stranger.ExpireSessionsAsync(Start, Cancellation));
        Assert.True(await stranger.PurgeAsync(Id, 1, Cancellation));
        Assert.Equal(CreateOutcome.Created, await stranger.CreateAsync(New(execution: "theirs"), Cancellation));
        Assert.Equal("e1", (await LoadAsync()).Record.ExecutionId);
        Assert.Equal("free", await StateOfAsync(Id, "a1"));
    }
}
