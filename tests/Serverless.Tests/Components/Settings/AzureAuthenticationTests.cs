using System.Text;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.Registry;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class AzureAuthenticationTests
{
    private static readonly AzureAuthMethod[] AllMethods =
        [AzureAuthMethod.ClientSecret, AzureAuthMethod.ClientCertificate, AzureAuthMethod.WorkloadIdentity, AzureAuthMethod.ManagedIdentity, AzureAuthMethod.AzureCli];

    [Fact]
    public void Read_Nothing_LeavesEverythingOpen()
    {
        var options = Read();

        Assert.Equal(new AzureIdentityOptions { Environment = options.Environment }, options);
    }

    [Theory]
    [InlineData("azureTenantId", "azureClientId", "azureClientSecret")]
    [InlineData("spnTenantId", "spnClientId", "spnClientSecret")]
    [InlineData("tenantId", "clientId", "clientSecret")]
    [InlineData("AZURETENANTID", "ClientID", "spnclientsecret")]
    public void Read_Application_UnderEachName(string tenantId, string clientId, string clientSecret)
    {
        var options = Read((tenantId, "t"), (clientId, "c"), (clientSecret, "s"));

        Assert.Equal(("t", "c", "s"), (options.TenantId, options.ClientId, options.ClientSecret));
    }

    [Fact]
    public void Read_SeveralNames_NewestCounts()
    {
        var options = Read(("clientId", "oldest"), ("spnClientId", "older"), ("azureClientId", "newest"), ("tenantId", "older"), ("spnTenantId", ""));

        Assert.Equal(("newest", "older"), (options.ClientId, options.TenantId));
    }

    [Theory]
    [InlineData("azure")]
    [InlineData("spn")]
    public void Read_Certificate_UnderEachName(string prefix)
    {
        var options = Read(($"{prefix}Certificate", "-----BEGIN X"), ($"{prefix}CertificateFile", "/no-such"), ($"{prefix}CertificatePassword", "p"));

        Assert.Equal("-----BEGIN X", Encoding.UTF8.GetString(options.Certificate!));
        Assert.Equal(("/no-such", "p"), (options.CertificateFile, options.CertificatePassword));
    }

    [Fact]
    public void Read_CertificateAsBase64_IsDecoded() => Assert.Equal([0x30, 0x82, 1, 2], Read(("azureCertificate", "MIIBAg==")).Certificate);

    [Theory]
    [InlineData("azureEnvironment", "AzurePublicCloud", "https://login.microsoftonline.com/")]
    [InlineData("azureEnvironment", "AzurePublic", "https://login.microsoftonline.com/")]
    [InlineData("azureCloud", "azurechinacloud", "https://login.chinacloudapi.cn/")]
    [InlineData("azureEnvironment", "AzureChina", "https://login.chinacloudapi.cn/")]
    [InlineData("azureEnvironment", "AZUREUSGOVERNMENTCLOUD", "https://login.microsoftonline.us/")]
    [InlineData("azureCloud", "AzureUSGovernment", "https://login.microsoftonline.us/")]
    public void Read_Cloud_UnderEachNameAndWord(string name, string word, string authority) =>
        Assert.Equal(authority, Read((name, word)).Cloud?.AuthorityHost.AbsoluteUri);

    [Theory]
    [InlineData("azureAuthMethods", "clientcredentials,clientcertificate,workloadidentity,managedidentity,commandlineinterface")]
    [InlineData("azureADAuthMethods", "creds,cert,wi,mi,cli")]
    [InlineData("entraIDAuthMethods", " Creds , CERT , wi , ManagedIdentity , cli ")]
    [InlineData("microsoftEntraIDAuthMethods", "creds,cert,wi,mi,cli")]
    public void Read_Methods_UnderEachNameAndWord(string name, string words) => Assert.Equal(AllMethods, Read((name, words)).Methods);

    [Theory]
    [InlineData("mi,creds", new[] { AzureAuthMethod.ManagedIdentity, AzureAuthMethod.ClientSecret })]
    [InlineData("None", new[] { AzureAuthMethod.None })]
    [InlineData("   ", null)]
    public void Read_Methods_KeepTheirOrder(string words, object? methods) => Assert.Equal((AzureAuthMethod[]?)methods, Read(("azureAuthMethods", words)).Methods);

    [Fact]
    public void Read_InstanceDiscovery_CanBeSwitchedOff() => Assert.True(Read(("azureDisableInstanceDiscovery", "yes")).DisableInstanceDiscovery);

    [Fact]
    public void Read_Faults_AreReportedTogetherWithoutValues()
    {
        var refusal = Assert.Throws<ComponentException>(() => Read(("azureEnvironment", "s3cr3t"), ("azureAuthMethods", "spiffe,s3cr3t"), ("redisHost", "")));

        Assert.Equal(
            "component 'statestore': metadata 'azureEnvironment': expected one of AzurePublicCloud, AzureChinaCloud, AzureUSGovernmentCloud; "
            + "metadata 'azureAuthMethods': expected a method other than spiffeworkloadidentity: it needs Dapr's Sentry, which issues no identity to this app; "
            + "metadata 'azureAuthMethods': expected a comma-separated list of clientcredentials (creds), clientcertificate (cert), workloadidentity (wi), "
            + "managedidentity (mi), commandlineinterface (cli) or none",
            refusal.Message);
    }

    [Theory]
    [InlineData("creds,")]
    [InlineData(",")]
    [InlineData("creds;cert")]
    public void Read_MethodUnknown_IsAFault(string words) => Assert.Throws<ComponentException>(() => Read(("azureAuthMethods", words)));

    private static AzureIdentityOptions Read(params (string Name, string Value)[] items)
    {
        var binder = Context(items).Metadata.Bind();
        var options = AzureAuthentication.Read(binder, TestHost.Create());
        binder.ThrowIfFaulty();
        return options;
    }

    private static ComponentContext Context(params (string Name, string Value)[] items) => StateContexts.Create("state.redis", TimeProvider.System, items);
}
