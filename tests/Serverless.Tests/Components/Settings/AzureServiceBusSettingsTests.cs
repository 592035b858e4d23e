using Serverless.Components.Clients.AzureServiceBus;
using Serverless.Components.Registry;
using Serverless.Components.Settings;
using Serverless.Tests.Components.State;

namespace Serverless.Tests.Components.Settings;

public sealed class AzureServiceBusSettingsTests
{
    private static readonly (string Name, string Value)[] Identity = [("azureTenantId", "t"), ("azureClientId", "c"), ("azureClientSecret", "s")];

    [Fact]
    public void Read_ConnectionString_GivesNamespaceAndEntity()
    {
        var target = Read(("connectionString", "Endpoint=sb://ns1.servicebus.windows.net/;SharedAccessKeyName=all;SharedAccessKey=key;EntityPath=q1"))!;

        Assert.Equal(("https://ns1.servicebus.windows.net/", "q1"), (target.Endpoint.AbsoluteUri, target.EntityPath));
    }

    [Theory]
    [InlineData("ns1.servicebus.windows.net", "AzurePublicCloud", "https://ns1.servicebus.windows.net/")]
    [InlineData("ns1", "AzurePublicCloud", "https://ns1.servicebus.windows.net/")]
    [InlineData("ns1", "AzureChinaCloud", "https://ns1.servicebus.chinacloudapi.cn/")]
    [InlineData("ns1", "AzureUSGovernmentCloud", "https://ns1.servicebus.usgovcloudapi.net/")]
    [InlineData("ns1.servicebus.windows.net", "AzureChinaCloud", "https://ns1.servicebus.windows.net/")]
    public void Read_Namespace_WithAnIdentity(string name, string cloud, string endpoint) =>
        Assert.Equal(endpoint, Read([("namespaceName", name), ("azureEnvironment", cloud), .. Identity])!.Endpoint.AbsoluteUri);

    [Fact]
    public void Read_NamespaceWithoutAnIdentity_SaysWhatIsMissing()
    {
        var fault = Assert.Throws<ComponentException>(() => Read(("namespaceName", "ns1"), ("azureAuthMethods", "creds")));

        Assert.StartsWith("component 'statestore': neither a connection string nor an identity: ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata 'connectionString': expected a value (it is required where namespaceName is not given)")]
    [InlineData("metadata 'namespaceName': expected none beside connectionString", "connectionString", "s3cr3t", "namespaceName", "ns1")]
    [InlineData("metadata 'connectionString': expected a usable value (the connection string has no Endpoint)", "connectionString", "SharedAccessKey=s3cr3t")]
    [InlineData("metadata 'namespaceName': expected a usable value (the endpoint is no address of a namespace)", "namespaceName", "s3 cr3t", "azureTenantId", "t", "azureClientId", "c", "azureClientSecret", "s")]
    public void Read_Fault_NamesTheItemAndNoValue(string message, params string[] items)
    {
        var fault = Assert.Throws<ComponentException>(() => Read([.. items.Chunk(2).Select(pair => (pair[0], pair[1]))]));

        Assert.Equal($"component 'statestore': {message}", fault.Message);
    }

    private static ServiceBusNamespace? Read(params (string Name, string Value)[] items)
    {
        var context = StateContexts.Create("bindings.azure.servicebusqueues", TimeProvider.System, items);
        var binder = context.Metadata.Bind();
        var target = AzureServiceBusSettings.Read(binder, context);
        binder.ThrowIfFaulty();
        return target;
    }
}
