namespace Serverless.Components.Clients.AzureIdentity;

/// <summary>Who to be towards Azure, and by which methods to prove it.</summary>
internal sealed record AzureIdentityOptions
{
    public string? TenantId { get; init; }

    /// <summary>The application's id; for a managed identity the user-assigned one, null means system-assigned.</summary>
    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>A PFX, or PEM text with certificate and RSA key; <see cref="CertificateFile"/> goes first.</summary>
    public byte[]? Certificate { get; init; }

    public string? CertificateFile { get; init; }

    /// <summary>Password of a PFX.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>Null when not stated: then <c>AZURE_AUTHORITY_HOST</c> counts, or else the public cloud.</summary>
    public AzureCloud? Cloud { get; init; }

    /// <summary>Spares the check of the authority with Entra, for clouds that Entra does not list.</summary>
    public bool DisableInstanceDiscovery { get; init; }

    /// <summary>The methods to try, in order; null means the usual ones.</summary>
    public IReadOnlyList<AzureAuthMethod>? Methods { get; init; }

    /// <summary>Looks up an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The type alone: members are secrets.</summary>
    public override string ToString() => nameof(AzureIdentityOptions);
}
