using Serverless.Components.State;
using Serverless.Components.State.Sqlite;
using Serverless.Tests.Functions.Http;

namespace Serverless.Tests.Components.State.Sqlite;

public sealed class SqliteMemoryStateStoreTests : FullStateStoreContract
{
    private protected override ITransactionalStateStore CreateStore() =>
        new SqliteStateStore(StateContexts.Create("state.sqlite", Clock, ("connectionString", ":memory:")));

    [Fact]
    public async Task Closing_WithLiveEntries_WarnsOfTheirLoss()
    {
        var log = new LogCapture();
        var store = new SqliteStateStore(StateContexts.Create("state.sqlite", Clock, ("connectionString", ":memory:")).LoggingTo(log));
        await store.InitializeAsync(Cancellation);
        await store.SetAsync(Set("live", "1"), Cancellation);
        await store.SetAsync(Set("expired", "1", ttl: "1"), Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(1));

        await store.DisposeAsync();

        Assert.Equal(["Warning: component 'statestore' closes: 1 entries that it held in memory are lost"], log.Messages);
    }

    [Fact]
    public async Task Closing_WithoutEntries_IsQuiet()
    {
        var log = new LogCapture();
        var store = new SqliteStateStore(StateContexts.Create("state.sqlite", Clock, ("connectionString", ":memory:")).LoggingTo(log));
        await store.InitializeAsync(Cancellation);

        await store.DisposeAsync();

        Assert.Empty(log.Messages);
    }
}
