namespace Serverless.IntegrationTests.Workflows;

/// <summary>The samples on <see cref="RedisWorkflowFixture"/>.</summary>
public sealed class RedisSampleTests(RedisWorkflowFixture fixture) : SampleContract, IClassFixture<RedisWorkflowFixture>
{
    private protected override WorkflowApp App => fixture.App;
}
