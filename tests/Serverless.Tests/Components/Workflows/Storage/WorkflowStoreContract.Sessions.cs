using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

public abstract partial class WorkflowStoreContract
{
    [Fact]
    public async Task EndSession_FreesItsItems()
    {
        await RunAsync(Item("a1", owner: Me), Item("a2", owner: You), Item("t1", WorkKind.Timer, owner: Me, due: Start.AddHours(1)));
        await Store.AppendAsync(Id, Message("m1"), Me, Cancellation);

        await Store.EndSessionAsync(Me, Cancellation);
        await Store.EndSessionAsync(Me, Cancellation);

        Assert.Equal("free yours free free", await StatesAsync("a1", "a2", "t1", WorkItem.TurnId));
        Assert.Equal(["a1", WorkItem.TurnId], (await Other.ClaimAsync(Claim(You, Soon), Cancellation)).Items.Select(item => item.WorkId).Order(StringComparer.Ordinal));
        Assert.Equal(CommitOutcome.WorkLost, (await CommitAsync(Turn(await LoadAsync()) with { CompletedWork = [Item("a1")] })).Outcome);
        Assert.False(await Store.KeepSessionAsync(new WorkerSession(Me, "machine/1", Start.AddHours(1)), isNew: false, Cancellation));
    }

    [Fact]
    public async Task ExpireSessions_EndsThoseThatWereNotKeptAlive()
    {
        var (dead, kept) = (Guid.NewGuid(), Guid.NewGuid());
        await OpenSessionAsync(dead, Start.AddSeconds(10));
        await OpenSessionAsync(kept, Start.AddSeconds(10));
        await RunAsync(Item("a1", owner: dead), Item("a2", owner: kept), Item("a3", owner: Me));
        Assert.Equal(0, await Other.ExpireSessionsAsync(Start.AddSeconds(9), Cancellation));
        Assert.True(await Store.KeepSessionAsync(new WorkerSession(kept, "machine/1", Start.AddSeconds(40)), isNew: false, Cancellation));

        Assert.Equal(1, await Other.ExpireSessionsAsync(Start.AddSeconds(20), Cancellation));

        Assert.Equal("free gone mine", await StatesAsync("a1", "a9", "a3"));
        Assert.Null(await Store.ClaimAsync(Id, "a2", You, Cancellation));
        Assert.NotNull(await Store.ClaimAsync(Id, "a2", kept, Cancellation));
        Assert.False(await Store.KeepSessionAsync(new WorkerSession(dead, "machine/1", Start.AddSeconds(50)), isNew: false, Cancellation));
        Assert.True(await Store.KeepSessionAsync(new WorkerSession(kept, "machine/1", Start.AddSeconds(50)), isNew: false, Cancellation));
        Assert.False(await Store.CompleteAsync(Item("a1"), dead, Message("r1"), Cancellation));
        Assert.Equal(0, await Other.ExpireSessionsAsync(Start.AddSeconds(20), Cancellation));
    }

    [Fact]
    public async Task OpenSession_AskedAgain_IsOpen()
    {
        await OpenSessionAsync(Me, Start.AddHours(2));

        Assert.Equal(1, await Store.ExpireSessionsAsync(Start.AddMinutes(90), Cancellation));
        Assert.True(await Store.KeepSessionAsync(new WorkerSession(Me, "machine/1", Start.AddHours(3)), isNew: false, Cancellation));
    }

    [Theory]
    [InlineData("commit")]
    [InlineData("create")]
    [InlineData("append")]
    [InlineData("claim")]
    [InlineData("claim one")]
    public async Task Work_ThatADeadSessionTook_ComesFree(string way)
    {
        // A process that was stopped for long and goes on with what it was about to do.
        await RunAsync(Item("a1"));
        await Store.EndSessionAsync(Me, Cancellation);
        var workId = way is "create" or "append" ? WorkItem.TurnId : way == "commit" ? "a2" : "a1";
        var id = way == "create" ? "late" : Id;
        switch (way)
        {
            case "commit":
                await CommitAsync(Turn(await LoadAsync(), Item("a2", owner: Me)));
                break;
            case "create":
                await CreateAsync("late");
                break;
            case "append":
                await Store.AppendAsync(Id, Message("m1"), Me, Cancellation);
                break;
            case "claim":
                await Store.ClaimAsync(Claim(Me, Soon), Cancellation);
                break;
            default:
                await Store.ClaimAsync(Id, "a1", Me, Cancellation);
                break;
        }

        await Other.ExpireSessionsAsync(Start, Cancellation);
        await Other.RepairAsync(Soon, Cancellation);

        Assert.NotNull(await Other.ClaimAsync(id, workId, You, Cancellation));
    }

    [Fact]
    public async Task EndSession_WhileItTakesWork_LeavesNothingWithIt()
    {
        await CreateAsync();
        for (var round = 0; round < 8; round++)
        {
            var session = Guid.NewGuid();
            await OpenSessionAsync(session);
            var loaded = await LoadAsync();
            var turn = Turn(loaded, [.. Enumerable.Range(0, 10).Select(number => Item($"a{round}-{number}", owner: session))]) with
            {
                CancelledWork = [.. Enumerable.Range(0, 10).Select(number => $"a{round - 1}-{number}")],
            };

            var commit = Task.Run(() => Store.CommitAsync(turn, Cancellation).AsTask(), Cancellation);
            var append = Task.Run(() => Store.AppendAsync(Id, Message($"m{round}"), session, Cancellation).AsTask(), Cancellation);
            await Task.Run(() => Other.EndSessionAsync(session, Cancellation).AsTask(), Cancellation);
            Assert.Equal(CommitOutcome.Committed, (await commit).Outcome);
            Assert.NotEqual(AppendOutcome.Dropped, await append);
            await Other.ExpireSessionsAsync(Start, Cancellation);
            await Other.RepairAsync(Soon.AddHours(round), Cancellation);

            for (var number = 0; number < 10; number++)
            {
                Assert.NotNull(await Other.ClaimAsync(Id, $"a{round}-{number}", You, Cancellation));
            }

            // Committed with my turn, or appended after it: then it is mine, or nobody's.
            Assert.True((await InboxAsync()).Count == 0 || await Store.ClaimAsync(Id, WorkItem.TurnId, Me, Cancellation) is not null);
        }
    }

    [Fact]
    public async Task Repair_OfHealthyStore_ChangesNothing()
    {
        await RunAsync(Item("a1", owner: Me), Item("a2", owner: You), Item("a3"), Item("t1", WorkKind.Timer, due: Start.AddHours(1)));
        await Store.AppendAsync(Id, Message("m1"), Me, Cancellation);
        var before = await DumpAsync(Id, SomeWork);

        await Other.RepairAsync(Soon, Cancellation);

        Assert.Equal(before, await DumpAsync(Id, SomeWork));
        Assert.Equal(["a3"], (await Other.ClaimAsync(Claim(You, Soon), Cancellation)).Items.Select(item => item.WorkId));
    }
}
