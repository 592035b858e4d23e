using Serverless.Components.Workflows.Storage;

namespace Serverless.Tests.Components.Workflows.Storage;

public abstract partial class WorkflowStoreContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(4 * 1024 * 1024)]
    public async Task Payload_OfAnySize_ReadsBack(int size)
    {
        await RunAsync();
        var payload = new byte[size];
        new Random(size).NextBytes(payload);

        await Store.PutPayloadAsync(Id, "e1-1.a", payload, Cancellation);

        Assert.True((await Other.GetPayloadAsync(Id, "e1-1.a", Cancellation))!.Value.Span.SequenceEqual(payload));
        Assert.Null(await Other.GetPayloadAsync(Id, "e1-1.b", Cancellation));
        Assert.Null(await Other.GetPayloadAsync("order-2", "e1-1.a", Cancellation));
    }

    [Fact]
    public async Task Payload_BeforeItsInstance_IsThere()
    {
        await Store.PutPayloadAsync(Id, "p1", Bytes("early"), Cancellation);
        await CreateAsync();

        Assert.Equal("early", Text((await Store.GetPayloadAsync(Id, "p1", Cancellation))!.Value));
    }

    [Fact]
    public async Task Payload_PutAgain_IsTheLatter()
    {
        await RunAsync();
        await Store.PutPayloadAsync(Id, "p1", new byte[200_000], Cancellation);
        await Store.PutPayloadAsync(Id, "p1", Bytes("shorter"), Cancellation);

        Assert.Equal("shorter", Text((await Store.GetPayloadAsync(Id, "p1", Cancellation))!.Value));
    }

    [Fact]
    public async Task TrimPayloads_RemovesWhatBeginsSoButForTheNamedOnes()
    {
        string[] keys = ["p1", "p1-2", "p2", "p3", "P1", "q1"];
        await RunAsync();
        foreach (var key in keys)
        {
            await Store.PutPayloadAsync(Id, key, Bytes(key), Cancellation);
        }

        await Store.PutPayloadAsync("order-2", "p1", Bytes("another's"), Cancellation);

        await Other.TrimPayloadsAsync(Id, "p1", ["p9"], Cancellation);
        Assert.Equal(["p2", "p3", "P1", "q1"], await FindAsync());
        await Other.TrimPayloadsAsync(Id, "p", ["p2", "p4", "q1"], Cancellation);
        Assert.Equal(["p2", "P1", "q1"], await FindAsync());
        await Other.TrimPayloadsAsync(Id, "p", [], Cancellation);
        Assert.Equal(["P1", "q1"], await FindAsync());
        Assert.NotNull(await Store.GetPayloadAsync("order-2", "p1", Cancellation));

        async Task<IEnumerable<string>> FindAsync()
        {
            var found = new List<string>();
            foreach (var key in keys)
            {
                if (await Store.GetPayloadAsync(Id, key, Cancellation) is { } payload)
                {
                    Assert.Equal(key, Text(payload));
                    found.Add(key);
                }
            }

            return found;
        }
    }

    [Fact]
    public async Task Purge_OfPresentVersion_LeavesNothing()
    {
        await RunAsync(Item("a1", owner: You), Item("a2"), Item("t1", WorkKind.Timer), Item("purge", WorkKind.Purge, owner: Me));
        await Store.AppendAsync(Id, Message("x1"), Me, Cancellation);
        await Store.PutPayloadAsync(Id, "p1", Bytes("payload"), Cancellation);
        await CreateAsync("order-2");

        Assert.True(await Other.PurgeAsync(Id, 1, Cancellation));

        Assert.Null(await Store.FindAsync(Id, Cancellation));
        Assert.Null(await Store.LoadAsync(Id, KnownVersion.None, Cancellation));
        Assert.Null(await Store.GetPayloadAsync(Id, "p1", Cancellation));
        Assert.Equal("gone gone gone gone gone", await StatesAsync("a1", "a2", "t1", "purge", WorkItem.TurnId));
        Assert.False(await Store.CompleteAsync(Item("purge", WorkKind.Purge), Me, null, Cancellation));
        Assert.False(await Store.CompleteAsync(Item("a1"), You, Message("r1"), Cancellation));
        Assert.True(await Store.PurgeAsync(Id, 1, Cancellation));
        Assert.Equal(["order-2"], (await Store.ListAsync(new WorkflowFilter { PageSize = 10 }, Cancellation))!.Records.Select(record => record.InstanceId));
        await CreateAsync(execution: "e2");
        Assert.Equal(["start"], await InboxAsync());
        Assert.Empty((await LoadAsync()).History);
    }

    [Fact]
    public async Task Create_OfEndedInstance_RemovesItsPayloadsButForTheNamedOnes()
    {
        string[] keys = ["h.e1.0", "h.e1.1", "h.e2.0", "i.e.1", "m.e1.2.0", "h.e20.0"];
        await CreateAsync();
        foreach (var key in keys)
        {
            await Store.PutPayloadAsync(Id, key, Bytes(key), Cancellation);
        }

        var again = New(execution: "e2", message: "start-2") with { KeptPayloads = ["h.e2.", "m."] };
        Assert.Equal(CreateOutcome.IsActive, await Other.CreateAsync(again, Cancellation));
        Assert.Equal(keys, await FindAsync());
        await CommitAsync(Ending(Turn(await LoadAsync())));
        Assert.Equal(CreateOutcome.Created, await Other.CreateAsync(again, Cancellation));

        Assert.Equal(["h.e2.0", "m.e1.2.0"], await FindAsync());

        async Task<IEnumerable<string>> FindAsync()
        {
            var found = new List<string>();
            foreach (var key in keys)
            {
                if (await Store.GetPayloadAsync(Id, key, Cancellation) is not null)
                {
                    found.Add(key);
                }
            }

            return found;
        }
    }

    [Fact]
    public async Task Repair_RemovesPayloadsWhoseInstanceNeverCame()
    {
        await Store.PutPayloadAsync("never", "h.e1.0", new byte[200_000], Cancellation);
        await Store.PutPayloadAsync("never", "h.e1.1", Bytes("small"), Cancellation);
        await Store.PutPayloadAsync(Id, "early", Bytes("early"), Cancellation);
        await Other.RepairAsync(Soon, Cancellation);
        Assert.NotNull(await Store.GetPayloadAsync("never", "h.e1.0", Cancellation));
        await CreateAsync();
        await Store.PutPayloadAsync(Id, "late", Bytes("late"), Cancellation);

        await Other.RepairAsync(Start.AddHours(2), Cancellation);

        Assert.Null(await Store.GetPayloadAsync("never", "h.e1.0", Cancellation));
        Assert.Null(await Store.GetPayloadAsync("never", "h.e1.1", Cancellation));
        Assert.NotNull(await Store.GetPayloadAsync(Id, "early", Cancellation));
        Assert.NotNull(await Store.GetPayloadAsync(Id, "late", Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Purge_OfAnotherVersion_LeavesNoTrace(int version)
    {
        await RunAsync(Item("a1", owner: Me), Item("a2"));
        await Store.PutPayloadAsync(Id, "p1", Bytes("payload"), Cancellation);
        var before = await DumpAsync(Id, SomeWork);

        Assert.False(await Other.PurgeAsync(Id, version, Cancellation));

        Assert.Equal(before, await DumpAsync(Id, SomeWork));
        Assert.NotNull(await Store.GetPayloadAsync(Id, "p1", Cancellation));
    }

    [Fact]
    public async Task Purge_WhileMessagesAreOnTheirWay_LeavesNoTrace()
    {
        await RunAsync(Item("m1", WorkKind.Message, owner: Me), Item("a2"));
        await CommitAsync(Ending(Turn(await LoadAsync(), Item("m2", WorkKind.Message))));
        var before = await DumpAsync(Id, SomeWork);

        Assert.False(await Other.PurgeAsync(Id, 2, Cancellation));
        Assert.Equal(before, await DumpAsync(Id, SomeWork));
        Assert.True(await Store.CompleteAsync(Item("m1", WorkKind.Message), Me, null, Cancellation));
        Assert.False(await Other.PurgeAsync(Id, 2, Cancellation));
        Assert.NotNull(await Store.ClaimAsync(Id, "m2", Me, Cancellation));
        Assert.True(await Store.CompleteAsync(Item("m2", WorkKind.Message), Me, null, Cancellation));

        Assert.True(await Other.PurgeAsync(Id, 2, Cancellation));
        Assert.Null(await Store.FindAsync(Id, Cancellation));
    }
}
