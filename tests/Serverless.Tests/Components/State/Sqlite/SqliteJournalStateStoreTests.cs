using Serverless.Components.State;

namespace Serverless.Tests.Components.State.Sqlite;

/// <summary>With the rollback journal, where readers and the writer wait for each other.</summary>
public sealed class SqliteJournalStateStoreTests : FullStateStoreContract
{
    private readonly SqliteFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override ITransactionalStateStore CreateStore() => _folder.Store(Clock, ("disableWAL", "true"));

    [Fact]
    public async Task JournalMode_IsDelete() => Assert.Equal("delete", await _folder.ShellAsync("PRAGMA journal_mode;"));
}
