namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="AzureBlobTarget"/>.</summary>
public sealed class AzureBlobWireTests(AzureBlobTarget target) : WireTests(target.Port), IClassFixture<AzureBlobTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.Blob);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
