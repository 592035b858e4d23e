using Serverless.Backends.PostgreSql;

namespace Serverless.Tests.Components.State.PostgreSql;

/// <summary>A server that the tests of one class share.</summary>
public sealed class PostgreSqlServerFixture : IAsyncLifetime
{
    private int _prefixes;

    public PostgreSqlServer Server { get; private set; } = null!;

    public PostgreSqlWitness Witness => Server.Witness;

    public async ValueTask InitializeAsync() => Server = await PostgreSqlServer.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>A prefix that no other test's table has.</summary>
    internal string NextPrefix() => $"t{Interlocked.Increment(ref _prefixes)}_";
}
