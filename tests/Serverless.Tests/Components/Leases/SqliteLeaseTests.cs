using Serverless.Tests.Components.State.Sqlite;

namespace Serverless.Tests.Components.Leases;

public sealed class SqliteLeaseTests : StateLeaseStoreContract
{
    private readonly SqliteFolder _folder = new();

    private protected override string Document => LeaseRegistry.Store("state.sqlite", ("connectionString", _folder.File));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
