using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

public abstract partial class WorkflowStoreContract
{
    [Fact]
    public async Task Claim_FreeWork_GivesTheLongestDueFirst()
    {
        await RunAsync(
            Item("a3", due: Start.AddMinutes(-1)),
            Item("t1", WorkKind.Timer, due: Start.AddMinutes(-4)),
            Item("a1", due: Start.AddMinutes(-3)),
            Item("m1", WorkKind.Message, due: Start.AddMinutes(-2)),
            Item("a9", owner: Me, due: Start.AddMinutes(-9)),
            Item("t9", WorkKind.Timer, due: Start.AddHours(1)));

        var claimed = await Other.ClaimAsync(Claim(You, Start), Cancellation);

        Assert.Equal(["a1", "a3", "m1", "t1"], claimed.Items.Select(item => item.WorkId).Order(StringComparer.Ordinal));
        Assert.Equal(["t1", "m1"], claimed.Items.Where(item => item.Kind != WorkKind.Activity).Select(item => item.WorkId));
        Assert.Equal(["a1", "a3"], claimed.Items.Where(item => item.Kind == WorkKind.Activity).Select(item => item.WorkId));
        Assert.All(claimed.Items, item => Assert.Equal(You, item.Owner));
        Assert.Equal(Describe(Item("a1", due: Start.AddMinutes(-3))), Describe(claimed.Items.Single(item => item.WorkId == "a1")));
        Assert.True(claimed.NextDue is null || claimed.NextDue == Start.AddHours(1), $"{claimed.NextDue}");
        Assert.Empty((await Store.ClaimAsync(Claim(Me, Start), Cancellation)).Items);
        Assert.Equal("t9", Assert.Single((await Store.ClaimAsync(Claim(Me, Start.AddHours(1)), Cancellation)).Items).WorkId);
    }

    [Fact]
    public async Task Claim_WithLimits_KeepsToThem()
    {
        await RunAsync([.. Enumerable.Range(0, 5).SelectMany(number => new[]
        {
            Item($"a{number}", due: Start.AddSeconds(number - 60)), Item($"t{number}", WorkKind.Timer, due: Start.AddSeconds(number - 60)),
        })]);

        var first = await Store.ClaimAsync(Claim(Me, Start, turns: 2, activities: 3), Cancellation);
        Assert.Equal(["a0", "a1", "a2", "t0", "t1"], first.Items.Select(item => item.WorkId).Order(StringComparer.Ordinal));
        var second = await Other.ClaimAsync(Claim(You, Start, turns: 0, activities: 1), Cancellation);
        Assert.Equal(["a3"], second.Items.Select(item => item.WorkId));
        var third = await Other.ClaimAsync(Claim(You, Start, turns: 9, activities: 0), Cancellation);
        Assert.Equal(["t2", "t3", "t4"], third.Items.Select(item => item.WorkId));
        Assert.Empty((await Other.ClaimAsync(Claim(You, Start, turns: 0, activities: 0), Cancellation)).Items);
        Assert.Equal("free", await StateOfAsync(Id, "a4"));
    }

    [Fact]
    public async Task Claim_WithLimitsOfAll_CountsWhatAllSessionsHave()
    {
        await RunAsync([.. Enumerable.Range(0, 6).Select(number => Item($"a{number}", owner: number == 0 ? Me : null)), Item("t1", WorkKind.Timer), Item("t2", WorkKind.Timer)]);
        foreach (var id in new[] { "w1", "w2", "w3" })
        {
            await Store.CreateAsync(New(id), Cancellation);
        }

        var claim = Claim(You, Soon) with { MostActivitiesOfAll = 3, MostTurnsOfAll = 2 };
        var first = (await Other.ClaimAsync(claim, Cancellation)).Items;
        Assert.Equal(2, first.Count(item => item.Kind == WorkKind.Activity));
        Assert.Equal(2, first.Count(item => item.Kind == WorkKind.Turn));
        Assert.Equal(2, first.Count(item => item.Kind == WorkKind.Timer));
        Assert.Empty((await Store.ClaimAsync(claim with { Owner = Me }, Cancellation)).Items);

        await Store.CompleteAsync(Item("a0"), Me, null, Cancellation);

        Assert.Equal(WorkKind.Activity, Assert.Single((await Store.ClaimAsync(claim with { Owner = Me }, Cancellation)).Items).Kind);
    }

    [Fact]
    public async Task Claim_ByMany_GivesEachItemOnce()
    {
        await RunAsync([.. Enumerable.Range(0, 200).Select(number => Item($"a{number}"))]);

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var mine = new List<string>();
            var (store, owner) = worker % 2 == 0 ? (Store, Me) : (Other, You);
            for (var empty = 0; empty < 3;)
            {
                var items = (await store.ClaimAsync(Claim(owner, Soon, activities: 7), Cancellation)).Items;
                empty = items.Count == 0 ? empty + 1 : 0;
                mine.AddRange(items.Select(item => item.WorkId));
            }

            return mine;
        }));

        var all = claims.SelectMany(claim => claim).ToList();
        Assert.Equal(200, all.Count);
        Assert.Equal(200, all.Distinct().Count());
    }

    [Fact]
    public async Task ClaimOne_GivesItWhetherDueOrNot()
    {
        await RunAsync(Item("t1", WorkKind.Timer, due: Start.AddHours(1)), Item("a1", owner: Me));

        Assert.Equal(You, (await Other.ClaimAsync(Id, "t1", You, Cancellation))!.Owner);
        Assert.Equal(You, (await Other.ClaimAsync(Id, "t1", You, Cancellation))!.Owner);
        Assert.Null(await Store.ClaimAsync(Id, "t1", Me, Cancellation));
        Assert.Null(await Other.ClaimAsync(Id, "a1", You, Cancellation));
        Assert.Null(await Other.ClaimAsync(Id, "a2", You, Cancellation));
    }

    [Fact]
    public async Task ClaimOne_ByMany_OneGetsIt()
    {
        await RunAsync(Item("a1"));
        var sessions = Enumerable.Range(0, 10).Select(_ => Guid.NewGuid()).ToList();
        foreach (var session in sessions)
        {
            await OpenSessionAsync(session);
        }

        var claims = await Task.WhenAll(sessions.Select((session, number) => (number % 2 == 0 ? Store : Other).ClaimAsync(Id, "a1", session, Cancellation).AsTask()));

        Assert.Single(claims, claim => claim is not null);
    }

    [Fact]
    public async Task Complete_WithResult_BringsItToTheInbox()
    {
        await RunAsync(Item("a1", owner: Me));

        Assert.True(await Store.CompleteAsync(Item("a1"), Me, Message("r1", "e1"), Cancellation));

        Assert.Equal(["r1"], await InboxAsync());
        Assert.Equal("gone", await StateOfAsync(Id, "a1"));
        Assert.NotEqual("gone", await StateOfAsync(Id, WorkItem.TurnId));

        // Whoever completes may go on with the turn, and everyone else when it does not.
        Assert.NotNull(await Store.ClaimAsync(Id, WorkItem.TurnId, Me, Cancellation));
        Assert.False(await Store.CompleteAsync(Item("a1"), Me, Message("r1", "e1"), Cancellation));
        Assert.Equal(["r1"], await InboxAsync());
    }

    [Fact]
    public async Task Complete_WhileTurnIsAnothers_LeavesItThere()
    {
        await RunAsync(Item("a1", owner: Me));
        await Other.AppendAsync(Id, Message("m1"), You, Cancellation);

        Assert.True(await Store.CompleteAsync(Item("a1"), Me, Message("r1", "e1"), Cancellation));

        Assert.Equal(["m1", "r1"], await InboxAsync());
        Assert.Equal("yours", await StateOfAsync(Id, WorkItem.TurnId));
    }

    [Fact]
    public async Task Complete_WithoutResult_OnlyRemovesTheItem()
    {
        await RunAsync(Item("m1", WorkKind.Message, owner: Me));

        Assert.True(await Store.CompleteAsync(Item("m1", WorkKind.Message), Me, null, Cancellation));

        Assert.Empty(await InboxAsync());
        Assert.Equal("gone gone", await StatesAsync("m1", WorkItem.TurnId));
    }

    [Theory]
    [InlineData("a1")]
    [InlineData("a2")]
    [InlineData("a3")]
    public async Task Complete_OfLostWork_IsVoid(string workId)
    {
        await RunAsync(Item("a1", owner: You), Item("a2"));
        var before = await DumpAsync(Id, SomeWork);

        Assert.False(await Store.CompleteAsync(Item(workId, owner: Me), Me, Message("r1", "e1"), Cancellation));

        Assert.Equal(before, await DumpAsync(Id, SomeWork));
    }

    [Fact]
    public async Task Complete_ForEndedInstanceOrEarlierExecution_TakesNoResult()
    {
        await RunAsync(Item("m1", WorkKind.Message, owner: Me), Item("m2", WorkKind.Message, owner: Me));

        Assert.True(await Store.CompleteAsync(Item("m1", WorkKind.Message), Me, Message("r1", "e0"), Cancellation));
        Assert.Empty(await InboxAsync());
        await CommitAsync(Ending(Turn(await LoadAsync())));
        Assert.True(await Store.CompleteAsync(Item("m2", WorkKind.Message), Me, Message("r2", "e1"), Cancellation));

        Assert.Empty(await InboxAsync());
        Assert.Equal("gone gone gone", await StatesAsync("m1", "m2", WorkItem.TurnId));
    }

    [Fact]
    public async Task Complete_Concurrently_BringsEveryResult()
    {
        await RunAsync([.. Enumerable.Range(0, 40).Select(number => Item($"a{number}", owner: number % 2 == 0 ? Me : You))]);

        var done = await Task.WhenAll(Enumerable.Range(0, 40).Select(number =>
            (number % 2 == 0 ? Store : Other).CompleteAsync(Item($"a{number}"), number % 2 == 0 ? Me : You, Message($"r{number}", "e1"), Cancellation).AsTask()));

        Assert.All(done, Assert.True);
        Assert.Equal(40, (await InboxAsync()).Distinct().Count());
    }

    [Fact]
    public async Task Release_MakesItFreeAndDueAtItsTime()
    {
        await RunAsync(Item("t1", WorkKind.Timer, owner: Me, due: Start.AddHours(-1)));

        await Store.ReleaseAsync(Item("t1", WorkKind.Timer, due: Start.AddHours(1)), Me, Cancellation);

        Assert.Empty((await Other.ClaimAsync(Claim(You, Soon), Cancellation)).Items);
        var item = Assert.Single((await Other.ClaimAsync(Claim(You, Start.AddHours(1)), Cancellation)).Items);
        Assert.Equal(Start.AddHours(1), item.Due);
    }

    [Fact]
    public async Task Release_OfLostWork_ChangesNothing()
    {
        await RunAsync(Item("a1", owner: You), Item("a2"));
        var before = await DumpAsync(Id, SomeWork);

        await Store.ReleaseAsync(Item("a1", due: Start.AddDays(1)), Me, Cancellation);
        await Store.ReleaseAsync(Item("a2", due: Start.AddDays(1)), Me, Cancellation);
        await Store.ReleaseAsync(Item("a3"), Me, Cancellation);

        Assert.Equal(before, await DumpAsync(Id, SomeWork));
    }

    [Fact]
    public async Task FindOverdue_TellsOfEachItemOnceInATime()
    {
        await RunAsync(
            Item("a2", due: Start.AddMinutes(-2)),
            Item("t1", WorkKind.Timer, due: Start.AddMinutes(-3)),
            Item("a9", owner: Me, due: Start.AddMinutes(-3)),
            Item("t9", WorkKind.Timer, due: Start.AddMinutes(-1)));

        var overdue = await Other.FindOverdueAsync(Start.AddSeconds(-90), Start, 10, Cancellation);
        Assert.Equal(["a2", "t1"], overdue.Select(item => item.WorkId).Order(StringComparer.Ordinal));
        Assert.Equal(Describe(Item("a2", due: Start.AddMinutes(-2))), Describe(overdue.Single(item => item.WorkId == "a2")));
        Assert.All(overdue, item => Assert.Null(item.Owner));
        Assert.Empty(await Other.FindOverdueAsync(Start.AddSeconds(-90), Start, 10, Cancellation));
        Assert.Equal(["t9"], (await Other.FindOverdueAsync(Start.AddSeconds(-30), Start.AddSeconds(30), 10, Cancellation)).Select(item => item.WorkId));
        Assert.Equal("free", await StateOfAsync(Id, "t9"));
        Assert.Single(await Store.FindOverdueAsync(Start.AddMinutes(1), Start.AddMinutes(2), 1, Cancellation));
        Assert.Equal(2, (await Store.FindOverdueAsync(Start.AddMinutes(1), Start.AddMinutes(2), 10, Cancellation)).Count);
    }

    private protected static WorkClaim Claim(Guid owner, DateTimeOffset now, int turns = 100, int activities = 100) => new()
    {
        Owner = owner,
        Now = now,
        MostTurns = turns,
        MostActivities = activities,
    };
}
