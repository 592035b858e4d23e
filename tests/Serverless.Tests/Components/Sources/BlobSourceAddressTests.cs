using Serverless.Components.Registry;
using Serverless.Components.Sources.AzureBlobs;

namespace Serverless.Tests.Components.Sources;

public sealed class BlobSourceAddressTests
{
    [Theory]
    [InlineData("https://acct.blob.core.windows.net/components", "https://acct.blob.core.windows.net/", "acct", "components", "")]
    [InlineData("https://acct.blob.core.chinacloudapi.cn/components/", "https://acct.blob.core.chinacloudapi.cn/", "acct", "components", "")]
    [InlineData("https://acct.blob.core.windows.net/components/team%20a//prod/?sv=1&sig=x", "https://acct.blob.core.windows.net/", "acct", "components", "team a/prod/")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/components", "http://127.0.0.1:10000/devstoreaccount1", "devstoreaccount1", "components", "")]
    [InlineData("http://localhost:10000/devstoreaccount1/components/a", "http://localhost:10000/devstoreaccount1", "devstoreaccount1", "components", "a/")]
    [InlineData("http://[::1]:10000/devstoreaccount1/components/a", "http://[::1]:10000/devstoreaccount1", "devstoreaccount1", "components", "a/")]
    [InlineData("http://devstoreaccount1.blob.localhost:10000/components", "http://devstoreaccount1.blob.localhost:10000/", "devstoreaccount1", "components", "")]
    public void Parse_Address_IsTakenApart(string text, string endpoint, string account, string container, string folder)
    {
        var address = BlobSourceAddress.Parse(text);

        Assert.Equal((endpoint, account, container, folder), (address.Endpoint.ToString(), address.Account, address.Container, address.Folder));
    }

    [Fact]
    public void Signature_IsKeptAndNotShown()
    {
        var address = BlobSourceAddress.Parse("https://acct.blob.core.windows.net/components/a/b?sv=1&sig=x%2By");

        Assert.Equal("sv=1&sig=x%2By", address.Signature);
        Assert.Equal("https://acct.blob.core.windows.net/components/a/b", address.ToString());
        Assert.Equal("http://127.0.0.1:1/devstoreaccount1/c", BlobSourceAddress.Parse("http://127.0.0.1:1/devstoreaccount1/c").ToString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/c", true)]
    [InlineData("http://devstoreaccount1.blob.localhost:10000/c", true)]
    [InlineData("http://127.0.0.1:10000/other/c", false)]
    [InlineData("https://devstoreaccount1.blob.core.windows.net/c", false)]
    public void Emulator_IsTheDevelopmentAccountOverHttp(string text, bool expected) => Assert.Equal(expected, BlobSourceAddress.Parse(text).IsEmulator);

    [Theory]
    [InlineData("http://10.0.0.1/acct/c?sig=secret")]
    [InlineData("http://localhost.example.com/acct/c?sig=secret")]
    [InlineData("http://127.0.0.1/acct?sig=secret")]
    [InlineData("https://acct.blob.core.windows.net/?sig=secret")]
    [InlineData("https://user:secret@acct.blob.core.windows.net/c")]
    [InlineData("https://acct.blob.core.windows.net/c#secret")]
    [InlineData("s3://bucket/c?sig=secret")]
    [InlineData("https://?sig=secret")]
    public void Parse_Unusable_IsRefusedWithoutItsSecrets(string text)
    {
        var fault = Assert.Throws<ComponentException>(() => BlobSourceAddress.Parse(text));

        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }
}
