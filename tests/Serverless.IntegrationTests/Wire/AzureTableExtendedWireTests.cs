namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="AzureTableExtendedTarget"/>.</summary>
public sealed class AzureTableExtendedWireTests(AzureTableExtendedTarget target) : WireTests(target.Port), IClassFixture<AzureTableExtendedTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.ExtendedTable);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
