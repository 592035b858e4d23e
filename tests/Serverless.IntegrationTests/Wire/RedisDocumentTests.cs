namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="RedisTarget"/>.</summary>
public sealed class RedisDocumentTests(RedisTarget target) : FullDocumentTests(target.Port, "state.redis"), IClassFixture<RedisTarget>
{
    private protected override bool ReportsExpiry => false;
}
