using Serverless.Components.Clients.AzureIdentity;

namespace Serverless.Tests.Clients.AzureIdentity;

public sealed class AzureCloudTests
{
    [Theory]
    [InlineData("AzurePublicCloud", "https://login.microsoftonline.com/", "core.windows.net", "vault.azure.net", "servicebus.windows.net")]
    [InlineData("AzureChinaCloud", "https://login.chinacloudapi.cn/", "core.chinacloudapi.cn", "vault.azure.cn", "servicebus.chinacloudapi.cn")]
    [InlineData("AzureUSGovernmentCloud", "https://login.microsoftonline.us/", "core.usgovcloudapi.net", "vault.usgovcloudapi.net", "servicebus.usgovcloudapi.net")]
    public void Cloud_Each_HasItsAddresses(string name, string authority, string storage, string keyVault, string serviceBus)
    {
        var cloud = Find(name);

        Assert.Equal(authority, cloud.AuthorityHost.AbsoluteUri);
        Assert.Equal(storage, cloud.StorageSuffix);
        Assert.Equal(keyVault, cloud.KeyVaultSuffix);
        Assert.Equal(serviceBus, cloud.ServiceBusSuffix);
    }

    internal static AzureCloud Find(string name) => name switch
    {
        "AzurePublicCloud" => AzureCloud.Public,
        "AzureChinaCloud" => AzureCloud.China,
        _ => AzureCloud.UsGovernment,
    };
}
