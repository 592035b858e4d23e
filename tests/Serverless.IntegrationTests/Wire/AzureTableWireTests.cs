namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="AzureTableTarget"/>.</summary>
public sealed class AzureTableWireTests(AzureTableTarget target) : WireTests(target.Port), IClassFixture<AzureTableTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.Table);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
