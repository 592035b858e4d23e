using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Components.State;
using Serverless.Components.State.InMemory;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State.InMemory;

public sealed class InMemoryStateStoreTests : FullStateStoreContract
{
    private protected override bool RefusesFirstWriteDelete => true;

    private protected override bool TakesTtl(string ttl) => true;

    private protected override ITransactionalStateStore CreateStore() => new InMemoryStateStore("store", Clock, NullLogger.Instance);

    [Fact]
    public void Capabilities_AreDaprs() => Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "KEYS_LIKE"], Store.Capabilities);

    [Fact]
    public async Task Mismatch_Details_AreDaprsWords()
    {
        await SetAsync(Set("k", "1"));
        var current = await ETagAsync("k");

        Assert.Equal("item already exists and no etag was passed", (await Store.SetAsync(Set("k", "2", null, "first-write"), Cancellation)).Detail);
        Assert.Equal("state not exist or expired for key=none", (await Store.SetAsync(Set("none", "2", "x"), Cancellation)).Detail);
        Assert.Equal($"state etag not match for key=k: current={current}, expect=x", (await Store.DeleteAsync(Delete("k", "x"), Cancellation)).Detail);
    }

    [Fact]
    public async Task Transaction_FirstWriteTwice_IsJudgedAgainstTheStateBefore()
    {
        Assert.Equal(StateOutcome.Done, await TransactAsync(Set("k", "1", null, "first-write"), Set("k", "2", null, "first-write")));

        Assert.Equal("2", await TextAsync("k"));
    }

    [Fact]
    public async Task Purge_RemovesExpiredEntriesAndRestsWhenNoneIsLeft()
    {
        var store = (InMemoryStateStore)Store;
        await SetAsync(Set("forever", "1"));
        Assert.Equal(0, Clock.ArmedTimers);

        await SetAsync(Set("a", "1", ttl: "2"));
        await TransactAsync(Set("b", "1", ttl: "4"));
        Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(2, store.Count);
        Assert.Equal(1, Clock.ArmedTimers);

        Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, store.Count);
        Assert.Equal(0, Clock.ArmedTimers);
    }

    [Fact]
    public async Task Purge_SleepsUntilSomethingIsDue()
    {
        await SetAsync(Set("late", "1", ttl: "3600"));
        Assert.Equal(Clock.GetUtcNow().AddSeconds(3600), Clock.NextTimer);

        await SetAsync(Set("soon", "1", ttl: "60"));
        Assert.Equal(Clock.GetUtcNow().AddSeconds(60), Clock.NextTimer);

        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, ((InMemoryStateStore)Store).Count);
        Assert.Equal(Clock.GetUtcNow().AddSeconds(3540), Clock.NextTimer);
    }

    [Fact]
    public async Task Purge_EntryWrittenAnewMeanwhile_Stays()
    {
        await SetAsync(Set("k", "1", ttl: "2"));
        await SetAsync(Set("k", "2"));
        await SetAsync(Set("j", "1", ttl: "2"));
        await SetAsync(Set("j", "2", ttl: "20"));

        Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("2", await TextAsync("k"));
        Assert.Equal("2", await TextAsync("j"));
    }

    [Fact]
    public async Task Closing_CountsLiveEntriesOnly()
    {
        var log = new LogCapture();
        var store = new InMemoryStateStore("store", Clock, log);
        await store.SetAsync(Set("live", "1"), Cancellation);
        await store.SetAsync(Set("expired", "1", ttl: "1"), Cancellation);
        await store.DisposeAsync();
        Assert.Equal(["Warning: component 'store' closes: 2 entries that it held in memory are lost"], log.Messages);

        log.Messages.Clear();
        store = new InMemoryStateStore("store", new StoppedTimers(Clock), log);
        await store.SetAsync(Set("expired", "1", ttl: "1"), Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await store.DisposeAsync();

        Assert.Empty(log.Messages);
    }

    [Fact]
    public async Task Get_AllocatesNothing()
    {
        await SetAsync(Set("k", "1", ttl: "100"));
        var request = new StateGet("k", "", StateMetadata.Empty);
        var total = 0;
        long allocated = 0;
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                var read = Store.GetAsync(request, Cancellation);
                total += read.IsCompletedSuccessfully ? 1 : 0;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(2000, total);
        Assert.Equal(0, allocated);
    }

    /// <summary>A clock whose timers never fire, so that expired entries stay.</summary>
    private sealed class StoppedTimers(TimeProvider clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new ManualTimeProvider().CreateTimer(callback, state, dueTime, period);
    }
}
