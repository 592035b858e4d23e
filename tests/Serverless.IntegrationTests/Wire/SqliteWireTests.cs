namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="SqliteTarget"/>.</summary>
public sealed class SqliteWireTests(SqliteTarget target) : WireTests(target.Port), IClassFixture<SqliteTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.Sqlite);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
