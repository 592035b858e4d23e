using System.Text;
using Azure.Core;
using Azure.Identity;
using Serverless.Components.Clients.AzureIdentity;
using Serverless.Components.Registry;

namespace Serverless.Components.Settings;

/// <summary>The metadata items by which every Azure component says who it is towards Azure.</summary>
/// <remarks>Dapr docs: developing-applications/integrations/azure/azure-authentication.</remarks>
internal static class AzureAuthentication
{
    private const string ExpectedMethods =
        "a comma-separated list of clientcredentials (creds), clientcertificate (cert), workloadidentity (wi), managedidentity (mi), commandlineinterface (cli) or none";

    /// <summary>Reads the items; faults go to the binder, whose owner ends the reading.</summary>
    public static AzureIdentityOptions Read(MetadataBinder binder, ComponentHost host) => new()
    {
        TenantId = binder.Text("azureTenantId", "spnTenantId", "tenantId"),
        ClientId = binder.Text("azureClientId", "spnClientId", "clientId"),
        ClientSecret = binder.Text("azureClientSecret", "spnClientSecret", "clientSecret"),
        Certificate = binder.Text("azureCertificate", "spnCertificate") is { } certificate ? ReadCertificate(certificate) : null,
        CertificateFile = binder.Text("azureCertificateFile", "spnCertificateFile"),
        CertificatePassword = binder.Text("azureCertificatePassword", "spnCertificatePassword"),
        Cloud = ReadCloud(binder),
        DisableInstanceDiscovery = binder.Boolean("azureDisableInstanceDiscovery", false),
        Methods = ReadMethods(binder),
        Environment = host.Environment,
    };

    /// <summary>What the variables of Azure's own libraries say, for what is no component: <c>AZURE_CLIENT_ID</c> and so on.</summary>
    public static AzureIdentityOptions FromEnvironment(ComponentHost host) => new()
    {
        TenantId = host.Environment("AZURE_TENANT_ID"),
        ClientId = host.Environment("AZURE_CLIENT_ID"),
        ClientSecret = host.Environment("AZURE_CLIENT_SECRET"),
        CertificateFile = host.Environment("AZURE_CLIENT_CERTIFICATE_PATH"),
        CertificatePassword = host.Environment("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        Environment = host.Environment,
    };

    /// <summary>What proves who asks, by the items that were read.</summary>
    /// <param name="context">The component that asks.</param>
    /// <param name="identity">The items.</param>
    /// <param name="instead">What the component could have in their place, for the message; null for nothing.</param>
    /// <exception cref="ComponentException">No method has what it needs.</exception>
    public static TokenCredential CreateCredential(ComponentContext context, AzureIdentityOptions identity, string? instead)
    {
        try
        {
            return AzureCredentials.Create(identity, context.Host.Time);
        }
        catch (CredentialUnavailableException fault)
        {
            throw new ComponentException($"component '{context.Name}': {(instead is null ? "" : $"neither {instead} nor an identity: ")}{fault.Message}", fault);
        }
    }

    // A binary PFX cannot stand in text; Key Vault hands it out as base64.
    private static byte[] ReadCertificate(string text)
    {
        var pfx = new byte[text.Length];
        return !text.Contains("-----BEGIN", StringComparison.Ordinal) && Convert.TryFromBase64String(text, pfx, out var length)
            ? pfx[..length]
            : Encoding.UTF8.GetBytes(text);
    }

    private static AzureCloud? ReadCloud(MetadataBinder binder)
    {
        switch (binder.Text("azureEnvironment", "azureCloud")?.ToLowerInvariant())
        {
            case null:
                return null;
            case "azurepubliccloud" or "azurepublic":
                return AzureCloud.Public;
            case "azurechinacloud" or "azurechina":
                return AzureCloud.China;
            case "azureusgovernmentcloud" or "azureusgovernment":
                return AzureCloud.UsGovernment;
            default:
                binder.Fault("azureEnvironment", "one of AzurePublicCloud, AzureChinaCloud, AzureUSGovernmentCloud");
                return null;
        }
    }

    private static List<AzureAuthMethod>? ReadMethods(MetadataBinder binder)
    {
        if (binder.Text("azureAuthMethods", "azureADAuthMethods", "entraIDAuthMethods", "microsoftEntraIDAuthMethods") is not { } text || string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var methods = new List<AzureAuthMethod>();
        foreach (var word in text.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries))
        {
            if (word is "spiffe" or "spiffeworkloadidentity")
            {
                binder.Fault("azureAuthMethods", "a method other than spiffeworkloadidentity: it needs Dapr's Sentry, which issues no identity to this app");
            }
            else if (FindMethod(word) is { } method)
            {
                methods.Add(method);
            }
            else
            {
                binder.Fault("azureAuthMethods", ExpectedMethods);
                break;
            }
        }

        return methods;
    }

    private static AzureAuthMethod? FindMethod(string word) => word switch
    {
        "clientcredentials" or "creds" => AzureAuthMethod.ClientSecret,
        "clientcertificate" or "cert" => AzureAuthMethod.ClientCertificate,
        "workloadidentity" or "wi" => AzureAuthMethod.WorkloadIdentity,
        "managedidentity" or "mi" => AzureAuthMethod.ManagedIdentity,
        "commandlineinterface" or "cli" => AzureAuthMethod.AzureCli,
        "none" => AzureAuthMethod.None,
        _ => null,
    };
}
