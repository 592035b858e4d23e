namespace Serverless.IntegrationTests.Workflows;

/// <summary>The operations on <see cref="SqliteWorkflowFixture"/>.</summary>
public sealed class SqliteOperationTests(SqliteWorkflowFixture fixture) : OperationContract, IClassFixture<SqliteWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
