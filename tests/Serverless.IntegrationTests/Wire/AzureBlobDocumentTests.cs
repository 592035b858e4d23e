namespace Serverless.IntegrationTests.Wire;

/// <summary>The document tests on <see cref="AzureBlobTarget"/>.</summary>
public sealed class AzureBlobDocumentTests(AzureBlobTarget target) : DocumentTests(target.Port, "state.azure.blobstorage"), IClassFixture<AzureBlobTarget>
{
    private protected override string Version => "v2";
}
