using Serverless.IntegrationTests.Load;

namespace Serverless.IntegrationTests.AzureBlobs;

public sealed class BlobStartTests() : AzuriteStartTests<BlobApp>("failed to create container");
