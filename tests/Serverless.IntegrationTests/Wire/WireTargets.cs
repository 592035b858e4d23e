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

    Standalone = Sqlite | InMemory | Redis | PostgreSql,
    SqlStores = Sqlite | PostgreSql,
    InMemoryStores = InMemory | Host,
    AllButRedis = SqlStores | InMemoryStores,
    All = Standalone | Host,
    AllButPostgreSql = All & ~PostgreSql,
}
