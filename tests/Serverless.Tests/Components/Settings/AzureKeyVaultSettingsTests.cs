using Serverless.Components.Clients.AzureKeyVault;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class AzureKeyVaultSettingsTests
{
    [Theory]
    [InlineData("my-vault", null, "https://my-vault.vault.azure.net/", "https://vault.azure.net/.default")]
    [InlineData("my-vault", "AzureChinaCloud", "https://my-vault.vault.azure.cn/", "https://vault.azure.cn/.default")]
    [InlineData("my-vault", "AZUREUSGOVERNMENTCLOUD", "https://my-vault.vault.usgovcloudapi.net/", "https://vault.usgovcloudapi.net/.default")]
    [InlineData("my-vault.vault.azure.cn", null, "https://my-vault.vault.azure.cn/", "https://vault.azure.cn/.default")]
    [InlineData("https://my-vault.vault.usgovcloudapi.net", "AzurePublicCloud", "https://my-vault.vault.usgovcloudapi.net/", "https://vault.usgovcloudapi.net/.default")]
    [InlineData("https://my-vault.vault.azure.net/", null, "https://my-vault.vault.azure.net/", "https://vault.azure.net/.default")]
    public void Read_VaultName_IsInItsCloud(string name, string? environment, string address, string scope)
    {
        var options = Read(("vaultName", name), ("azureEnvironment", environment ?? ""))!;

        Assert.Equal((new Uri(address), scope, true), (options.Address, options.Scope, options.IsUnderResource));
    }

    [Theory]
    [InlineData("https://vault.private.example:8443", null, "https://vault.azure.net/.default", false)]
    [InlineData("https://vault.private.example", "AzureChinaCloud", "https://vault.azure.cn/.default", false)]
    [InlineData("https://my-vault.vault.azure.cn/", null, "https://vault.azure.cn/.default", true)]
    [InlineData("https://evilvault.azure.net", null, "https://vault.azure.net/.default", false)]
    [InlineData("https://vault.azure.net.evil.example", null, "https://vault.azure.net/.default", false)]
    public void Read_VaultUri_IsTakenWhole(string uri, string? environment, string scope, bool isUnderResource)
    {
        var options = Read(("vaultUri", uri), ("azureEnvironment", environment ?? ""))!;

        Assert.Equal((new Uri(uri), scope, isUnderResource), (options.Address, options.Scope, options.IsUnderResource));
    }

    [Theory]
    [InlineData("metadata 'vaultName': expected a value (it is required)", null, null)]
    [InlineData("metadata 'vaultName': expected a usable value", "evil.example/", null)]
    [InlineData("metadata 'vaultName': expected a usable value", "https://evil.example#.vault.azure.net", null)]
    [InlineData("metadata 'vaultUri': expected a usable value", null, "http://localhost")]
    [InlineData("metadata 'vaultUri': expected to stand without vaultName", "my-vault", "https://localhost")]
    public void Read_NoOneVault_IsAFault(string expected, string? name, string? uri)
    {
        var fault = Assert.Throws<ComponentException>(() => Read(("vaultName", name ?? ""), ("vaultUri", uri ?? "")));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoIdentity_SaysWhatIsLacking()
    {
        var fault = Assert.Throws<ComponentException>(() => Read(("vaultName", "my-vault"), ("azureAuthMethods", "creds"), ("spnClientId", "c"), ("spnClientSecret", "hidden")));

        Assert.Contains("client secret: lacks a tenant id", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault.ToString(), StringComparison.Ordinal);
    }

    private static KeyVaultOptions? Read(params (string Name, string Value)[] items)
    {
        var context = StateContexts.Create("secretstores.azure.keyvault", TimeProvider.System, items);
        var binder = context.Metadata.Bind();
        var options = AzureKeyVaultSettings.Read(binder, context);
        binder.ThrowIfFaulty();
        return options;
    }
}
