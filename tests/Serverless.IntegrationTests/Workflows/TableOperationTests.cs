namespace Serverless.IntegrationTests.Workflows;

/// <summary>The operations on <see cref="TableWorkflowFixture"/>.</summary>
public sealed class TableOperationTests(TableWorkflowFixture fixture) : OperationContract, IClassFixture<TableWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
