namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="PostgreSqlTarget"/>.</summary>
public sealed class PostgreSqlWireTests(PostgreSqlTarget target) : WireTests(target.Port), IClassFixture<PostgreSqlTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.PostgreSql);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
