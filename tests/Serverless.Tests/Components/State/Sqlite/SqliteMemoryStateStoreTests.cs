using Serverless.Components.State;
using Serverless.Components.State.Sqlite;

namespace Serverless.Tests.Components.State.Sqlite;

public sealed class SqliteMemoryStateStoreTests : StateStoreContract
{
    private protected override ITransactionalStateStore CreateStore() =>
        new SqliteStateStore(StateContexts.Create("state.sqlite", Clock, ("connectionString", ":memory:")));
}
