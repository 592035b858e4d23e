namespace Serverless.IntegrationTests.Workflows;

/// <summary>The operations on <see cref="RedisWorkflowFixture"/>.</summary>
public sealed class RedisOperationTests(RedisWorkflowFixture fixture) : OperationContract, IClassFixture<RedisWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
