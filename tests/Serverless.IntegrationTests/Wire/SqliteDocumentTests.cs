namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="SqliteTarget"/>.</summary>
public sealed class SqliteDocumentTests(SqliteTarget target) : FullDocumentTests(target.Port, "state.sqlite"), IClassFixture<SqliteTarget>;
