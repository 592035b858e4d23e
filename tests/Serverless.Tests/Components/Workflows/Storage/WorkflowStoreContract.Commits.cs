using Serverless.Components.Workflows;
using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

public abstract partial class WorkflowStoreContract
{
    private static readonly string[] SomeWork = ["a1", "a2", "a3", "t1", "t2", "m1", "purge"];

    [Fact]
    public async Task Commit_Turn_AppliesAllOfIt()
    {
        await RunAsync(Item("a1", owner: Me), Item("t1", WorkKind.Timer, owner: You, due: Start.AddHours(1)), Item("a2"));
        await Store.AppendAsync(Id, Message("m1"), Me, Cancellation);
        var loaded = await LoadAsync();
        var turn = Turn(loaded, Item("a3", owner: Me), Item("t2", WorkKind.Timer, due: Start.AddHours(2)), Item("m1", WorkKind.Message));
        turn = turn with
        {
            Record = turn.Record with { Status = WorkflowRuntimeStatus.Suspended, Outcome = Bytes("custom status") },
            History = [Bytes("2.0"), Bytes("2.1")],
            CompletedWork = [Item("a1", owner: Me)],
            CancelledWork = ["t1", "t9"],
        };

        Assert.Equal(new CommitResult(CommitOutcome.Committed), await CommitAsync(turn));

        var after = await LoadAsync();
        Assert.Equal(Describe(turn.Record), Describe(after.Record));
        Assert.Equal(["turn 1", "2.0", "2.1"], after.History.Select(Text));
        Assert.Empty(after.Inbox);
        Assert.Equal("gone gone mine free free free", await StatesAsync("a1", "t1", "a3", "a2", "t2", "m1"));
        Assert.Equal(Describe(Item("t2", WorkKind.Timer, due: Start.AddHours(2))), Describe((await Other.ClaimAsync(Id, "t2", You, Cancellation))!));
        Assert.Equal("gone", await StateOfAsync(Id, WorkItem.TurnId));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Commit_OfAnotherVersion_LeavesNoTrace(int version)
    {
        var loaded = await RunAsync(Item("a1", owner: Me), Item("a2"), Item("t1", WorkKind.Timer));
        await Store.AppendAsync(Id, Message("m1"), Me, Cancellation);
        var before = await DumpAsync(Id, SomeWork);
        var turn = Turn(await LoadAsync(), Item("a3"), Item("t2", WorkKind.Timer));

        var result = await CommitAsync(turn with
        {
            Record = turn.Record with { Version = version, Start = Bytes("another") },
            CompletedWork = [Item("a1", owner: Me)],
            CancelledWork = ["t1"],
        });

        Assert.Equal(CommitOutcome.Conflict, result.Outcome);
        Assert.Equal(before, await DumpAsync(Id, SomeWork));
        Assert.Equal(1, loaded.Record.Version);
    }

    [Fact]
    public async Task Commit_OfAnotherExecution_LeavesNoTrace()
    {
        await RunAsync(Item("a1", owner: Me));
        var before = await DumpAsync(Id, SomeWork);

        var result = await CommitAsync(Ending(Turn(await LoadAsync(), Item("a2")) with { ExpectedExecutionId = "e0" }));

        Assert.Equal(CommitOutcome.Conflict, result.Outcome);
        Assert.Equal(before, await DumpAsync(Id, SomeWork));
    }

    [Fact]
    public async Task Commit_OfPurgedInstance_LeavesNoTrace()
    {
        var loaded = await RunAsync(Item("a1", owner: Me));
        Assert.True(await Other.PurgeAsync(Id, 1, Cancellation));

        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(Turn(loaded, Item("a2")))).Outcome);

        Assert.Null(await Store.FindAsync(Id, Cancellation));
        Assert.Equal("gone gone", await StatesAsync("a1", "a2"));
    }

    [Theory]
    [InlineData("a2")]
    [InlineData("a3")]
    [InlineData("t1")]
    public async Task Commit_OfLostWork_LeavesNoTrace(string lost)
    {
        // Free, gone, another's.
        await RunAsync(Item("a1", owner: Me), Item("a2"), Item("t1", WorkKind.Timer, owner: You));
        await Store.AppendAsync(Id, Message("m1"), Me, Cancellation);
        var before = await DumpAsync(Id, SomeWork);

        var result = await CommitAsync(Turn(await LoadAsync(), Item("t2", WorkKind.Timer)) with
        {
            CompletedWork = [Item("a1", owner: Me), Item(lost, owner: Me)],
            CancelledWork = ["t1"],
        });

        Assert.Equal(CommitOutcome.WorkLost, result.Outcome);
        Assert.Equal(before, await DumpAsync(Id, SomeWork));
    }

    [Fact]
    public async Task Commit_AskedAgain_IsAConflictAndChangesNothing()
    {
        await RunAsync(Item("a1", owner: Me));
        var turn = Turn(await LoadAsync(), Item("a2")) with { CompletedWork = [Item("a1", owner: Me)] };
        Assert.Equal(CommitOutcome.Committed, (await CommitAsync(turn)).Outcome);
        var before = await DumpAsync(Id, SomeWork);

        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(turn)).Outcome);

        Assert.Equal(before, await DumpAsync(Id, SomeWork));
    }

    [Fact]
    public async Task Commit_ByMany_OneWins()
    {
        var loaded = await RunAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(number =>
            (number % 2 == 0 ? Store : Other).CommitAsync(Turn(loaded, Item($"a{number}")) with { History = [Bytes($"by {number}")] }, Cancellation).AsTask()));

        var winner = Assert.Single(Enumerable.Range(0, 12), number => results[number].Outcome == CommitOutcome.Committed);
        Assert.All(results.Where((_, number) => number != winner), result => Assert.Equal(CommitOutcome.Conflict, result.Outcome));
        Assert.Equal(["turn 1", $"by {winner}"], (await LoadAsync()).History.Select(Text));
        Assert.Equal(
            Enumerable.Range(0, 12).Select(number => number == winner ? "free" : "gone"),
            (await StatesAsync([.. Enumerable.Range(0, 12).Select(number => $"a{number}")])).Split(' '));
    }

    [Fact]
    public async Task Commit_OfExistingWork_LeavesItAsItIs()
    {
        await RunAsync(Item("a1", owner: You));

        await CommitAsync(Turn(await LoadAsync(), Item("a1", WorkKind.Message, owner: Me), Item("a2", owner: Me)));

        Assert.Equal("yours mine", await StatesAsync("a1", "a2"));
        Assert.Equal(Describe(Item("a1")), Describe((await Store.ClaimAsync(Id, "a1", You, Cancellation))!));
    }

    [Fact]
    public async Task Commit_WithoutHistory_CountsAllTheSame()
    {
        await CreateAsync();
        await CommitAsync(Turn(await LoadAsync()) with { History = [] });
        await CommitAsync(Turn(await LoadAsync()));

        Assert.Equal(2, (await LoadAsync()).Record.Version);
        Assert.Equal(["turn 2"], (await LoadAsync()).History.Select(Text));
        Assert.Equal(["turn 2"], (await Store.LoadAsync(Id, new KnownVersion("e1", 1), Cancellation))!.History.Select(Text));
    }

    [Fact]
    public async Task Commit_WhenMessagesCameMeanwhile_HasMoreAndKeepsTheTurn()
    {
        await CreateAsync();
        var loaded = await LoadAsync();
        Assert.Equal(AppendOutcome.Appended, await Other.AppendAsync(Id, Message("m1"), You, Cancellation));

        Assert.Equal(new CommitResult(CommitOutcome.Committed, HasMore: true), await CommitAsync(Turn(loaded)));

        Assert.Equal("mine", await StateOfAsync(Id, WorkItem.TurnId));
        Assert.Equal(["m1"], await InboxAsync());
    }

    [Fact]
    public async Task Commit_WithMoreAndAFreeTurn_TakesIt()
    {
        await RunAsync();
        await Other.AppendAsync(Id, Message("m1"), null, Cancellation);
        var loaded = await LoadAsync();
        await Other.AppendAsync(Id, Message("m2"), null, Cancellation);

        Assert.Equal(new CommitResult(CommitOutcome.Committed, HasMore: true), await CommitAsync(Turn(loaded)));

        Assert.Equal("mine", await StateOfAsync(Id, WorkItem.TurnId));
    }

    [Fact]
    public async Task Commit_WithMoreAndAnothersTurn_LeavesItToTheOther()
    {
        await RunAsync();
        await Other.AppendAsync(Id, Message("m1"), You, Cancellation);
        var loaded = await LoadAsync();
        await Other.AppendAsync(Id, Message("m2"), You, Cancellation);

        Assert.Equal(new CommitResult(CommitOutcome.Committed, HasMore: true), await CommitAsync(Turn(loaded)));

        Assert.Equal("yours", await StateOfAsync(Id, WorkItem.TurnId));
        Assert.Equal(new CommitResult(CommitOutcome.Committed), await CommitAsync(Turn(await LoadAsync())));
        Assert.Equal("gone", await StateOfAsync(Id, WorkItem.TurnId));
    }

    [Fact]
    public async Task Commit_WithATurnItem_GoesOnWithoutAMessage()
    {
        await RunAsync();
        await Other.AppendAsync(Id, Message("m1"), You, Cancellation);
        var goesOn = Item(WorkItem.TurnId, WorkKind.Turn, owner: Me);

        Assert.Equal(new CommitResult(CommitOutcome.Committed), await CommitAsync(Turn(await LoadAsync(), goesOn)));

        Assert.Equal("mine", await StateOfAsync(Id, WorkItem.TurnId));
        Assert.Equal(Describe(goesOn), Describe((await Store.ClaimAsync(Id, WorkItem.TurnId, Me, Cancellation))!));
        Assert.Equal(AppendOutcome.Appended, await Other.AppendAsync(Id, Message("m2"), You, Cancellation));
        Assert.Equal(new CommitResult(CommitOutcome.Committed), await CommitAsync(Turn(await LoadAsync())));
        Assert.Equal("gone", await StateOfAsync(Id, WorkItem.TurnId));
    }

    [Fact]
    public async Task Commit_OfEndedInstance_IsAsAnyOther()
    {
        await CreateAsync();
        await CommitAsync(Ending(Turn(await LoadAsync())));

        Assert.Equal(CommitOutcome.Committed, (await CommitAsync(Turn(await LoadAsync(), Item("a1")))).Outcome);

        Assert.Equal((2, WorkflowRuntimeStatus.Running), ((await LoadAsync()).Record.Version, (await LoadAsync()).Record.Status));
        Assert.Equal("free", await StateOfAsync(Id, "a1"));
    }

    [Fact]
    public async Task Commit_ThatEnds_LeavesOnlyWhatGoesOut()
    {
        await RunAsync(Item("a1", owner: You), Item("a2"), Item("t1", WorkKind.Timer), Item("m1", WorkKind.Message, owner: You));
        await Store.AppendAsync(Id, Message("x1"), Me, Cancellation);
        var loaded = await LoadAsync();
        await Other.AppendAsync(Id, Message("x2"), You, Cancellation);
        var turn = Ending(Turn(loaded, Item("m2", WorkKind.Message, owner: Me), Item("purge", WorkKind.Purge, due: Start.AddDays(1))));

        Assert.Equal(new CommitResult(CommitOutcome.Committed), await CommitAsync(turn));

        var after = await LoadAsync();
        Assert.Equal(Describe(turn.Record), Describe(after.Record));
        Assert.Empty(after.Inbox);
        Assert.Equal("gone gone gone yours mine free gone", await StatesAsync("a1", "a2", "t1", "m1", "m2", "purge", WorkItem.TurnId));
        Assert.Equal(["turn 1", "turn 2"], after.History.Select(Text));
    }

    [Fact]
    public async Task Commit_ThatReplacesHistory_BeginsAnew()
    {
        await RunAsync(Item("a1", owner: Me), Item("a2", owner: You), Item("t1", WorkKind.Timer), Item("m1", WorkKind.Message));
        await Store.AppendAsync(Id, Message("x1"), Me, Cancellation);
        await Store.AppendAsync(Id, Message("x2"), Me, Cancellation);
        var turn = Turn(await LoadAsync(), Item("a1"), Item("t2", WorkKind.Timer, due: Start.AddHours(1)));
        turn = turn with
        {
            Record = turn.Record with { ExecutionId = "e2", Start = Bytes("next input") },
            ReplacesHistory = true,
            History = [Bytes("anew")],
            Consumed = ["x1"],
            CompletedWork = [Item("a1", owner: Me)],
        };

        Assert.Equal(new CommitResult(CommitOutcome.Committed, HasMore: true), await CommitAsync(turn));

        var after = await LoadAsync();
        Assert.Equal(Describe(turn.Record), Describe(after.Record));
        Assert.Equal(["anew"], after.History.Select(Text));
        Assert.Equal(["x2"], after.Inbox.Select(message => message.Id));
        Assert.Equal("free gone gone free free", await StatesAsync("a1", "a2", "t1", "t2", "m1"));
        var known = (await Store.LoadAsync(Id, new KnownVersion("e1", 1), Cancellation))!;
        Assert.Equal((true, 1), (known.IsWhole, known.History.Count));
        Assert.Equal(AppendOutcome.Dropped, await Store.AppendAsync(Id, Message("x3", "e1"), Me, Cancellation));
        Assert.Equal(CommitOutcome.Committed, (await CommitAsync(Turn(after))).Outcome);
        Assert.Equal(["turn 3"], (await Store.LoadAsync(Id, new KnownVersion("e2", 2), Cancellation))!.History.Select(Text));
    }

    [Fact]
    public async Task Commit_OfAThousandItems_IsOneCommit()
    {
        await CreateAsync();
        var work = Enumerable.Range(0, 1_000).Select(number => Item($"a{number}", owner: number % 2 == 0 ? Me : null)).ToArray();
        var loser = Turn(await LoadAsync(), [.. work.Select(item => item with { WorkId = "lost-" + item.WorkId })]);
        var winner = Turn(await LoadAsync(), work);

        Assert.Equal(CommitOutcome.Committed, (await CommitAsync(winner)).Outcome);
        Assert.Equal(CommitOutcome.Conflict, (await CommitAsync(loser)).Outcome);

        var claimed = new List<WorkItem>();
        while (await Other.ClaimAsync(Claim(You, Soon, activities: 300), Cancellation) is { Items: { Count: > 0 } items })
        {
            claimed.AddRange(items);
        }

        Assert.Equal(work.Where(item => item.Owner is null).Select(Describe).Order(StringComparer.Ordinal), claimed.Select(Describe).Order(StringComparer.Ordinal));
        var result = await CommitAsync(Turn(await LoadAsync()) with { CompletedWork = [.. work.Where(item => item.Owner is not null)] });
        Assert.Equal(CommitOutcome.Committed, result.Outcome);
        Assert.Equal("gone yours gone", await StatesAsync("a0", "a1", "a998"));
    }

    [Fact]
    public async Task Commit_OfLargeHistory_ReadsBackInOrder()
    {
        await CreateAsync();
        var chunks = Enumerable.Range(0, 40).Select(number => Enumerable.Repeat((byte)number, TurnCommit.MostChunkBytes).ToArray()).ToList();

        await CommitAsync(Turn(await LoadAsync()) with { History = [.. chunks.Select(chunk => (ReadOnlyMemory<byte>)chunk)] });

        var loaded = await LoadAsync();
        Assert.Equal(40, loaded.History.Count);
        Assert.All(Enumerable.Range(0, 40), number => Assert.True(loaded.History[number].Span.SequenceEqual(chunks[number])));
    }

    [Fact]
    public async Task Commits_WhileMessagesArrive_LoseNone()
    {
        await RunAsync();
        var senders = Enumerable.Range(0, 4).Select(sender => Task.Run(
            async () =>
            {
                for (var number = 0; number < 25; number++)
                {
                    await (sender % 2 == 0 ? Store : Other).AppendAsync(Id, Message($"{sender}-{number}"), You, Cancellation);
                }
            },
            Cancellation)).ToList();
        var taken = new List<string>();
        for (var isOver = false; !isOver;)
        {
            var areDone = senders.All(sender => sender.IsCompleted);
            var loaded = await LoadAsync();
            var result = await CommitAsync(Turn(loaded));
            Assert.Equal(CommitOutcome.Committed, result.Outcome);
            taken.AddRange(loaded.Inbox.Select(message => message.Id));
            isOver = areDone && !result.HasMore;
        }

        await Task.WhenAll(senders);
        Assert.Equal(100, taken.Distinct().Count());
        Assert.Equal(100, taken.Count);
        Assert.Equal("gone", await StateOfAsync(Id, WorkItem.TurnId));
        Assert.All(Enumerable.Range(0, 4), sender => Assert.Equal(
            Enumerable.Range(0, 25).Select(number => $"{sender}-{number}"),
            taken.Where(id => id.StartsWith($"{sender}-", StringComparison.Ordinal))));
    }

    private async Task<string> StatesAsync(params string[] workIds)
    {
        var states = new List<string>();
        foreach (var workId in workIds)
        {
            states.Add(await StateOfAsync(Id, workId));
        }

        return string.Join(' ', states);
    }
}
