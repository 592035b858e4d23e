using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

public abstract partial class WorkflowStoreContract
{
    [Fact]
    public async Task Missing_Instance_IsNull()
    {
        Assert.Null(await Store.FindAsync("missing", Cancellation));
        Assert.Null(await Store.LoadAsync("missing", KnownVersion.None, Cancellation));
        Assert.Null(await Store.LoadAsync("missing", new KnownVersion("e1", 3), Cancellation));
        Assert.Equal(AppendOutcome.NotFound, await Store.AppendAsync("missing", Message("m1"), Me, Cancellation));
        Assert.Null(await Store.ClaimAsync("missing", WorkItem.TurnId, Me, Cancellation));
    }

    [Fact]
    public async Task Load_Known_GivesOnlyWhatCameAfter()
    {
        await CreateAsync();
        for (var version = 1; version <= 12; version++)
        {
            var turn = Turn(await LoadAsync());
            await CommitAsync(turn with { History = [Bytes($"{version}.0"), Bytes($"{version}.1")] });
        }

        var whole = await LoadAsync();
        Assert.True(whole.IsWhole);
        Assert.Equal(Enumerable.Range(1, 12).SelectMany(version => new[] { $"{version}.0", $"{version}.1" }), whole.History.Select(Text));
        var rest = (await Store.LoadAsync(Id, new KnownVersion("e1", 9), Cancellation))!;
        Assert.False(rest.IsWhole);
        Assert.Equal(["10.0", "10.1", "11.0", "11.1", "12.0", "12.1"], rest.History.Select(Text));
        var nothing = (await Store.LoadAsync(Id, new KnownVersion("e1", 12), Cancellation))!;
        Assert.False(nothing.IsWhole);
        Assert.Empty(nothing.History);
        Assert.Equal(12, nothing.Record.Version);
        Assert.All(
            new[] { await Store.LoadAsync(Id, new KnownVersion("e0", 9), Cancellation), await Store.LoadAsync(Id, new KnownVersion("e1", 13), Cancellation) },
            loaded => Assert.Equal((true, 24), (loaded!.IsWhole, loaded.History.Count)));
    }

    [Fact]
    public async Task Load_ManyMessages_GivesTheFirstInTheirOrder()
    {
        await RunAsync();
        var ids = Enumerable.Range(0, 150).Select(number => $"m{(number * 37) % 150}").ToList();
        foreach (var id in ids)
        {
            await Store.AppendAsync(Id, Message(id), Me, Cancellation);
        }

        var loaded = await LoadAsync();
        Assert.Equal(ids.Take(LoadedWorkflow.MostMessages), loaded.Inbox.Select(message => message.Id));
        Assert.Equal(new CommitResult(CommitOutcome.Committed, HasMore: true), await CommitAsync(Turn(loaded)));
        loaded = await LoadAsync();
        Assert.Equal(ids.Skip(64).Take(64), loaded.Inbox.Select(message => message.Id));
        Assert.Equal(new CommitResult(CommitOutcome.Committed, HasMore: true), await CommitAsync(Turn(loaded)));
        loaded = await LoadAsync();
        Assert.Equal(ids.Skip(128), loaded.Inbox.Select(message => message.Id));
        Assert.Equal(new CommitResult(CommitOutcome.Committed), await CommitAsync(Turn(loaded)));
        Assert.Empty((await LoadAsync()).Inbox);
    }

    [Fact]
    public async Task Append_ToIdleInstance_MakesItsTurnItem()
    {
        await RunAsync();
        Assert.Equal("gone", await StateOfAsync(Id, WorkItem.TurnId));

        Assert.Equal(AppendOutcome.Owned, await Store.AppendAsync(Id, Message("m1"), Me, Cancellation));

        Assert.Equal("mine", await StateOfAsync(Id, WorkItem.TurnId));
        Assert.Equal(AppendOutcome.Owned, await Store.AppendAsync(Id, Message("m2"), Me, Cancellation));
        Assert.Equal(AppendOutcome.Appended, await Other.AppendAsync(Id, Message("m3"), You, Cancellation));
        Assert.Equal(AppendOutcome.Appended, await Other.AppendAsync(Id, Message("m4"), null, Cancellation));
        Assert.Equal("mine", await StateOfAsync(Id, WorkItem.TurnId));
        Assert.Equal(["m1", "m2", "m3", "m4"], await InboxAsync());
    }

    [Fact]
    public async Task Append_WithoutOwner_LeavesTheTurnItemFree()
    {
        await RunAsync();

        Assert.Equal(AppendOutcome.Appended, await Store.AppendAsync(Id, Message("m1"), null, Cancellation));

        Assert.Equal("free", await StateOfAsync(Id, WorkItem.TurnId));
        var turn = Assert.Single((await Other.ClaimAsync(Claim(You, Soon), Cancellation)).Items);
        Assert.Equal((Id, WorkItem.TurnId, WorkKind.Turn, "Order"), (turn.InstanceId, turn.WorkId, turn.Kind, turn.Name));
    }

    [Fact]
    public async Task Append_WhileTurnItemIsFree_TakesIt()
    {
        await RunAsync();
        await Store.AppendAsync(Id, Message("m1"), null, Cancellation);

        Assert.Equal(AppendOutcome.Owned, await Other.AppendAsync(Id, Message("m2"), You, Cancellation));

        Assert.Equal("yours", await StateOfAsync(Id, WorkItem.TurnId));
    }

    [Fact]
    public async Task Append_OfSameMessage_ChangesNothing()
    {
        await RunAsync();
        await Store.AppendAsync(Id, Message("m1"), Me, Cancellation);
        await Store.AppendAsync(Id, Message("m2"), Me, Cancellation);
        var before = await DumpAsync(Id);

        Assert.Equal(AppendOutcome.Owned, await Store.AppendAsync(Id, Message("m1") with { Event = Bytes("another") }, Me, Cancellation));
        Assert.Equal(AppendOutcome.Appended, await Other.AppendAsync(Id, Message("m1"), You, Cancellation));

        Assert.Equal(before, await DumpAsync(Id));
    }

    [Fact]
    public async Task Append_ForAnotherExecution_IsDropped()
    {
        await RunAsync();
        var before = await DumpAsync(Id);

        Assert.Equal(AppendOutcome.Dropped, await Store.AppendAsync(Id, Message("m1", "e0"), Me, Cancellation));

        Assert.Equal(before, await DumpAsync(Id));
        Assert.Equal(AppendOutcome.Owned, await Store.AppendAsync(Id, Message("m1", "e1"), Me, Cancellation));
    }

    [Fact]
    public async Task Append_ToEndedInstance_IsDropped()
    {
        await CreateAsync();
        await CommitAsync(Ending(Turn(await LoadAsync())));
        var before = await DumpAsync(Id);

        Assert.Equal(AppendOutcome.Dropped, await Store.AppendAsync(Id, Message("m1"), Me, Cancellation));
        Assert.Equal(AppendOutcome.Dropped, await Store.AppendAsync(Id, Message("m1", "e1"), null, Cancellation));

        Assert.Equal(before, await DumpAsync(Id));
    }

    [Fact]
    public async Task Append_Concurrently_LosesNothing()
    {
        await RunAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => (number % 2 == 0 ? Store : Other).AppendAsync(Id, Message($"m{number}"), number % 2 == 0 ? Me : You, Cancellation).AsTask()));

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"m{number}").Order(StringComparer.Ordinal), (await InboxAsync()).Order(StringComparer.Ordinal));
        Assert.Contains(await StateOfAsync(Id, WorkItem.TurnId), new[] { "mine", "yours" });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_LongAfterTheLastTurn_IsDueNow(bool isResult)
    {
        await Store.CreateAsync(New(created: Start.AddDays(-1), due: Start.AddDays(-1), owner: Me), Cancellation);
        var turn = Turn(await LoadAsync(), Item("a1", owner: Me));
        await CommitAsync(turn with { Record = turn.Record with { UpdatedAt = Start.AddDays(-1) } });
        var late = Guid.NewGuid();

        if (isResult)
        {
            await OpenSessionAsync(late);
            await Store.ReleaseAsync(Item("a1"), Me, Cancellation);
            await Store.ClaimAsync(Id, "a1", late, Cancellation);
            Assert.True(await Store.CompleteAsync(Item("a1"), late, Message("r1"), Cancellation));
            await Store.EndSessionAsync(late, Cancellation);
        }
        else
        {
            await Store.AppendAsync(Id, Message("m1"), null, Cancellation);
        }

        Assert.Empty(await Other.FindOverdueAsync(Start.AddMinutes(-1), Start, 10, Cancellation));
        Assert.InRange(Assert.Single((await Other.ClaimAsync(Claim(You, Soon), Cancellation)).Items).Due, Start.AddMinutes(-1), Soon);
    }
}
