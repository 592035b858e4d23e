namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="PostgreSqlTarget"/>.</summary>
public sealed class PostgreSqlDocumentTests(PostgreSqlTarget target) : FullDocumentTests(target.Port, "state.postgresql"), IClassFixture<PostgreSqlTarget>
{
    private protected override string Version => "v2";
}
