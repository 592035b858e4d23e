namespace Serverless.IntegrationTests.Workflows;

/// <summary>The samples on <see cref="SqliteWorkflowFixture"/>.</summary>
public sealed class SqliteSampleTests(SqliteWorkflowFixture fixture) : SampleContract, IClassFixture<SqliteWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
