namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="AzureTableTarget"/>.</summary>
public sealed class AzureTableDocumentTests(AzureTableTarget target) : DocumentTests(target.Port, "state.azure.tablestorage"), IClassFixture<AzureTableTarget>;
