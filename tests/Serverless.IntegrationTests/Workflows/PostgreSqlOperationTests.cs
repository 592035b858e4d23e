namespace Serverless.IntegrationTests.Workflows;

/// <summary>The operations on <see cref="PostgreSqlWorkflowFixture"/>.</summary>
public sealed class PostgreSqlOperationTests(PostgreSqlWorkflowFixture fixture) : OperationContract, IClassFixture<PostgreSqlWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
