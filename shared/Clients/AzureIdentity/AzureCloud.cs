using Azure.Identity;

namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>One of the separate Azure clouds and where its services are.</summary>
internal sealed record AzureCloud
{
    private AzureCloud()
    {
    }

    public static AzureCloud Public => new()
    {
        AuthorityHost = AzureAuthorityHosts.AzurePublicCloud,
        StorageSuffix = "core.windows.net",
        CosmosSuffix = "cosmos.azure.com",
        KeyVaultSuffix = "vault.azure.net",
        ServiceBusSuffix = "servicebus.windows.net",
    };

    public static AzureCloud China => new()
    {
        AuthorityHost = AzureAuthorityHosts.AzureChina,
        StorageSuffix = "core.chinacloudapi.cn",
        CosmosSuffix = "cosmos.azure.cn",
        KeyVaultSuffix = "vault.azure.cn",
        ServiceBusSuffix = "servicebus.chinacloudapi.cn",
    };

    public static AzureCloud UsGovernment => new()
    {
        AuthorityHost = AzureAuthorityHosts.AzureGovernment,
        StorageSuffix = "core.usgovcloudapi.net",
        CosmosSuffix = "cosmos.azure.us",
        KeyVaultSuffix = "vault.usgovcloudapi.net",
        ServiceBusSuffix = "servicebus.usgovcloudapi.net",
    };

    /// <summary>Where Microsoft Entra issues this cloud's tokens.</summary>
    public required Uri AuthorityHost { get; init; }

    /// <summary>What follows <c>account.table.</c>, <c>account.blob.</c> or <c>account.queue.</c>.</summary>
    public required string StorageSuffix { get; init; }

    /// <summary>What follows <c>account.table.</c> for tables in Cosmos DB.</summary>
    public required string CosmosSuffix { get; init; }

    /// <summary>What follows a vault's name; the token scope of Key Vault is <c>https://{suffix}/.default</c>.</summary>
    public required string KeyVaultSuffix { get; init; }

    /// <summary>What follows a Service Bus namespace's name.</summary>
    public required string ServiceBusSuffix { get; init; }
}
