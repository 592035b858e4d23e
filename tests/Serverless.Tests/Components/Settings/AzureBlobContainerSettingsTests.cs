using Serverless.Components.Clients.AzureStorage.Blobs;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State.AzureBlobStorage;

namespace Serverless.Tests.Components.Settings;

public sealed class AzureBlobContainerSettingsTests
{
    [Fact]
    public void Read_Least_HasDaprsDefaults()
    {
        var options = Read(("accountName", "acct"), ("accountKey", "a2V5"), ("containerName", "con"));

        Assert.Equal(("https://acct.blob.core.windows.net/", "con"), (options.Account.Endpoint.AbsoluteUri, options.Container));
        Assert.Equal((BlobAccess.None, 3, true), (options.Access, options.Retries, options.CreatesContainer));
    }

    [Theory]
    [InlineData("containerName")]
    [InlineData("container")]
    [InlineData("storageAccountContainer")]
    public void Read_Container_HasItsAliases(string item) => Assert.Equal("con", Read(("accountName", "a"), ("accountKey", "a2V5"), (item, "con")).Container);

    [Theory]
    [InlineData("retryCount", "0", 0)]
    [InlineData("retryCount", "-1", 0)]
    [InlineData("retryCount", "7", 7)]
    [InlineData("getBlobRetryCount", "5", 5)]
    public void Read_Retries_AreTaken(string item, string value, int retries) =>
        Assert.Equal(retries, Read(("accountName", "a"), ("accountKey", "a2V5"), ("containerName", "con"), (item, value)).Retries);

    [Fact]
    public void Read_Everything_IsTaken()
    {
        var options = Read(
            ("accountName", "acct"),
            ("accountKey", "a2V5"),
            ("containerName", "con"),
            ("endpoint", "http://127.0.0.1:10000"),
            ("publicAccessLevel", "Container"),
            ("retryCount", "1"),
            ("getBlobRetryCount", "2"),
            ("disableEntityManagement", "true"));

        Assert.Equal("http://127.0.0.1:10000/acct", options.Account.Endpoint.AbsoluteUri);
        Assert.Equal((BlobAccess.Container, 2, false), (options.Access, options.Retries, options.CreatesContainer));
    }

    [Fact]
    public void Read_Faults_AreReportedTogetherWithoutTheirValues()
    {
        var fault = Assert.Throws<ComponentException>(() => Read(
            ("accountName", "acct"), ("accountKey", "not base64!"), ("containerName", "Bad_Name"), ("publicAccessLevel", "all"), ("retryCount", "many")));

        foreach (var item in (string[])["accountKey", "containerName", "publicAccessLevel", "retryCount"])
        {
            Assert.Contains($"metadata '{item}'", fault.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("not base64!", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Nothing_NamesWhatIsRequired()
    {
        var fault = Assert.Throws<ComponentException>(() => Read());

        Assert.Contains("metadata 'accountName'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("metadata 'containerName'", fault.Message, StringComparison.Ordinal);
    }

    private static AzureBlobContainerSettings Read(params (string Name, string Value)[] items) => AzureBlobContainerSettings.Read(BlobStores.Context(items));
}
