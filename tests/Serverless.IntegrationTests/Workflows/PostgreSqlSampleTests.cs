namespace Serverless.IntegrationTests.Workflows;

/// <summary>The samples on <see cref="PostgreSqlWorkflowFixture"/>.</summary>
public sealed class PostgreSqlSampleTests(PostgreSqlWorkflowFixture fixture) : SampleContract, IClassFixture<PostgreSqlWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
