namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>A way to prove an identity to Microsoft Entra.</summary>
internal enum AzureAuthMethod
{
    /// <summary>Authentication is switched off.</summary>
    None,
    ClientSecret,
    ClientCertificate,
    WorkloadIdentity,
    ManagedIdentity,
    AzureCli,
}
