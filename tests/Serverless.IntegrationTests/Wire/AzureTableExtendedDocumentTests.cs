namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="AzureTableExtendedTarget"/>.</summary>
public sealed class AzureTableExtendedDocumentTests(AzureTableExtendedTarget target) : FullDocumentTests(target.Port, "state.azure.tablestorage"), IClassFixture<AzureTableExtendedTarget>;
