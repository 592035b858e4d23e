namespace Serverless.IntegrationTests.Wire;

/// <summary>The rows of the specification on <see cref="HostTarget"/>.</summary>
public sealed class HostWireTests(HostTarget target) : WireTests(target.Port), IClassFixture<HostTarget>
{
    /// <summary>The names of the rows that hold here.</summary>
    public static IEnumerable<TheoryDataRow<string>> Rows => RowsFor(WireTargets.Host);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Row_OfTheSpecification_Holds(string name) => RunAsync(name);
}
