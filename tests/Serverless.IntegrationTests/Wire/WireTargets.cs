namespace Serverless.IntegrationTests.Wire;

/// <summary>Where a case holds. A new store or target is one more flag and one more subclass of the wire tests.</summary>
[Flags]
internal enum WireTargets
{
    None = 0,
    Sqlite = 1,
    InMemory = 2,

    /// <summary>Through the host emulator, with state.in-memory.</summary>
    Host = 4,

    /// <summary>Standalone with state.redis, whose ETags and expiry differ from the other stores'.</summary>
    Redis = 8,

    /// <summary>Standalone with state.postgresql v2.</summary>
    PostgreSql = 16,

    /// <summary>Standalone with state.azure.blobstorage, which has no transactions and no expiry, and takes any word as an option.</summary>
    Blob = 32,

    /// <summary>Standalone with state.azure.tablestorage as daprd has it: like blobs, and with the keys that Table Storage takes.</summary>
    Table = 64,

    /// <summary>Standalone with state.azure.tablestorage and its extensions, which takes any word as an option.</summary>
    ExtendedTable = 128,

    Tables = Table | ExtendedTable,
    Standalone = Sqlite | InMemory | Redis | PostgreSql | Blob | Tables,
    SqlStores = Sqlite | PostgreSql,
    InMemoryStores = InMemory | Host,
    AllButRedis = SqlStores | InMemoryStores | Blob | Tables,

    /// <summary>Stores with transactions and expiry, which check the words of options.</summary>
    Full = SqlStores | InMemoryStores | Redis,

    /// <summary>Stores with transactions and expiry.</summary>
    Transactional = Full | ExtendedTable,
    All = Standalone | Host,

    /// <summary>Stores that take any character in a key.</summary>
    AnyKey = All & ~Table,
}
