namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="HostTarget"/>.</summary>
public sealed class HostDocumentTests(HostTarget target) : FullDocumentTests(target.Port, "state.in-memory"), IClassFixture<HostTarget>;
