using Azure.Core;
using Serverless.Backends.Azurite;
using Serverless.Components.Clients.AzureStorage;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Clients.AzureStorage;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class AzureStorageSettingsTests
{
    private const string Key = "a2V5LW9mLWFjY291bnQ=";

    [Theory]
    [InlineData("accountName", "accountKey")]
    [InlineData("storageAccount", "accessKey")]
    [InlineData("storageAccountName", "storageAccessKey")]
    [InlineData("ACCOUNTNAME", "storageAccountKey")]
    public async Task Read_NameAndKey_UnderEachName(string name, string key)
    {
        var account = Read("Table", (name, "acct"), (key, Key))!;

        Assert.Equal(("acct", "https://acct.table.core.windows.net/"), (account.Name, account.Endpoint.AbsoluteUri));
        Assert.StartsWith("SharedKeyLite acct:", await AuthorizationAsync(account, StorageService.Table), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Table", "serviceURL")]
    [InlineData("Table", "endpoint")]
    [InlineData("Queue", "queueEndpoint")]
    [InlineData("Queue", "queueEndpointUrl")]
    [InlineData("Queue", "endpoint")]
    [InlineData("Queue", "storageEndpoint")]
    [InlineData("Queue", "storageAccountEndpoint")]
    [InlineData("Blob", "endpoint")]
    [InlineData("Blob", "storageEndpoint")]
    [InlineData("Blob", "storageAccountEndpoint")]
    public void Read_Endpoint_UnderEachName(string service, string item) =>
        Assert.Equal("http://127.0.0.1:1/acct", Read(service, ("accountName", "acct"), ("accountKey", Key), (item, "http://127.0.0.1:1"))!.Endpoint.AbsoluteUri);

    [Theory]
    [InlineData("AzureChinaCloud", "https://acct.queue.core.chinacloudapi.cn/")]
    [InlineData("AzureUSGovernmentCloud", "https://acct.queue.core.usgovcloudapi.net/")]
    public void Read_Cloud_GivesItsSuffix(string cloud, string endpoint) =>
        Assert.Equal(endpoint, Read("Queue", ("accountName", "acct"), ("accountKey", Key), ("azureEnvironment", cloud))!.Endpoint.AbsoluteUri);

    [Fact]
    public async Task Read_ConnectionString_GoesFirst()
    {
        var account = Read("Queue", ("connectionString", "UseDevelopmentStorage=true"), ("accountName", "acct"), ("accountKey", Key))!;

        Assert.Equal(AzuriteSettings.DefaultAccount, account.Name);
        Assert.StartsWith("SharedKey devstoreaccount1:", await AuthorizationAsync(account, StorageService.Queue), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EndpointWithASignature_UsesThat()
    {
        var account = Read("Table", ("accountName", "acct"), ("serviceURL", "https://acct.table.core.windows.net/?sv=1&sig=abc%3D"))!;

        Assert.Equal("https://acct.table.core.windows.net/", account.Endpoint.AbsoluteUri);
        var request = Assert.Single(await SentRequest.SendAsync(account.Credential!.CreatePolicy(StorageService.Table, TimeProvider.System), RequestMethod.Get, "/Tables"));
        Assert.Equal("/Tables?sv=1&sig=abc%3D", request.Target);
        Assert.DoesNotContain("abc", account.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_IdentityAlone_IsEnough() =>
        Assert.NotNull(Read("Blob", ("accountName", "acct"), ("azureTenantId", "t"), ("azureClientId", "c"), ("azureClientSecret", "s"))!.Credential);

    [Fact]
    public void Read_NoWayToProveWhoAsks_SaysWhatIsMissing()
    {
        var fault = Assert.Throws<ComponentException>(() => Read("Blob", ("accountName", "acct"), ("azureAuthMethods", "creds")));

        Assert.StartsWith("component 'statestore': neither an account key nor an identity: ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata 'accountName': expected a value (it is required)", "accountKey", Key)]
    [InlineData("metadata 'accountName': expected a usable value (the account name makes no valid address)", "accountName", "a/b", "accountKey", Key)]
    [InlineData("metadata 'accountKey': expected a usable value (the account key is not base64)", "accountName", "acct", "accountKey", "!s3cr3t")]
    [InlineData("metadata 'serviceURL': expected a usable value (the endpoint is no http or https address)", "accountName", "acct", "accountKey", Key, "serviceURL", "s3cr3t")]
    [InlineData("metadata 'connectionString': expected a usable value (the connection string has neither AccountKey nor SharedAccessSignature)", "connectionString", "AccountName=s3cr3t")]
    [InlineData("metadata 'serviceURL': expected a usable value (the shared access signature is no query with a parameter 'sig')", "accountName", "acct", "serviceURL", "https://acct.table.core.windows.net/?sv=1&sig=s3 cr3t")]
    [InlineData("metadata 'connectionString': expected a usable value (the connection string has a part without a name, or a name twice)", "connectionString", "s3cr3t")]
    public void Read_Fault_NamesTheItemAndNoValue(string message, params string[] items)
    {
        var pairs = items.Chunk(2).Select(pair => (pair[0], pair[1])).ToArray();

        var fault = Assert.Throws<ComponentException>(() => Read("Table", pairs));

        Assert.Equal($"component 'statestore': {message}", fault.Message);
    }

    private static async Task<string> AuthorizationAsync(StorageAccount account, StorageService service)
    {
        var requests = await SentRequest.SendAsync(account.Credential!.CreatePolicy(service, TimeProvider.System), RequestMethod.Get, "/x");
        return Assert.Single(requests).Headers["Authorization"];
    }

    private static StorageAccount? Read(string service, params (string Name, string Value)[] items)
    {
        var context = StateContexts.Create("state.azure.blobstorage", TimeProvider.System, items);
        var binder = context.Metadata.Bind();
        var account = AzureStorageSettings.Read(binder, context, Enum.Parse<StorageService>(service));
        binder.ThrowIfFaulty();
        return account;
    }
}
