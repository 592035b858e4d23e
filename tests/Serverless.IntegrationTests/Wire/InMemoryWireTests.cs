namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="InMemoryTarget"/>.</summary>
public sealed class InMemoryWireTests(InMemoryTarget target) : WireTests(target.Port), IClassFixture<InMemoryTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.InMemory);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
