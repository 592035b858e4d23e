namespace Serverless.IntegrationTests.Workflows;

/// <summary>The samples on <see cref="TableWorkflowFixture"/>.</summary>
public sealed class TableSampleTests(TableWorkflowFixture fixture) : SampleContract, IClassFixture<TableWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
