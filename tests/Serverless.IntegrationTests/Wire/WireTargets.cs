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

    Standalone = Sqlite | InMemory | Redis | PostgreSql | Blob,
    SqlStores = Sqlite | PostgreSql,
    InMemoryStores = InMemory | Host,
    AllButRedis = SqlStores | InMemoryStores | Blob,

    /// <summary>Stores with transactions and expiry, which check the words of options.</summary>
    Full = SqlStores | InMemoryStores | Redis,
    All = Standalone | Host,
}
