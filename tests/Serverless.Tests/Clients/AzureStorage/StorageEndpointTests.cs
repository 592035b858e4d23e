using Serverless.Components.Clients.AzureStorage;

namespace Serverless.Tests.Clients.AzureStorage;

public sealed class StorageEndpointTests
{
    [Theory]
    [InlineData("https://acct.table.core.windows.net", "https://acct.table.core.windows.net/")]
    [InlineData("https://acct.table.core.windows.net/", "https://acct.table.core.windows.net/")]
    [InlineData("https://ACCT.table.cosmos.azure.com:443/", "https://acct.table.cosmos.azure.com/")]
    [InlineData("http://127.0.0.1:10002", "http://127.0.0.1:10002/acct")]
    [InlineData("http://127.0.0.1:10002/", "http://127.0.0.1:10002/acct")]
    [InlineData("http://127.0.0.1:10002/acct/", "http://127.0.0.1:10002/acct")]
    [InlineData("http://azurite:10002", "http://azurite:10002/acct")]
    [InlineData("http://acct.table.localhost:10002", "http://acct.table.localhost:10002/")]
    [InlineData("https://acct.table.core.windows.net/?sv=1&sig=a", "https://acct.table.core.windows.net/")]
    public void WithAccountPath_EachStyle_NamesTheAccountOnce(string text, string endpoint) =>
        Assert.Equal(endpoint, StorageEndpoint.WithAccountPath(StorageEndpoint.Parse(text), "acct").AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("acct.table.core.windows.net")]
    [InlineData("ftp://acct")]
    [InlineData("/acct")]
    public void Parse_NoHttpAddress_IsRefused(string text) =>
        Assert.Equal("the endpoint is no http or https address", Assert.Throws<FormatException>(() => StorageEndpoint.Parse(text)).Message);

    [Theory]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("evil.example/?")]
    [InlineData("user@evil.example#")]
    public void Default_NameThatIsNone_IsRefused(string account) =>
        Assert.Throws<FormatException>(() => StorageEndpoint.Default(account, StorageService.Table, "core.windows.net"));
}
