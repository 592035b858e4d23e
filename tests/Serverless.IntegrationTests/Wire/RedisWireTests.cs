namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="RedisTarget"/>.</summary>
public sealed class RedisWireTests(RedisTarget target) : WireTests(target.Port), IClassFixture<RedisTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.Redis);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
