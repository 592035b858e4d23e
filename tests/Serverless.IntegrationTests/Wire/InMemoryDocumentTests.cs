namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="InMemoryTarget"/>.</summary>
public sealed class InMemoryDocumentTests(InMemoryTarget target) : FullDocumentTests(target.Port, "state.in-memory"), IClassFixture<InMemoryTarget>;
