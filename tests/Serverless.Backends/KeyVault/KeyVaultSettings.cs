using Serverless.Backends.Network;
using Serverless.Backends.TokenServers;

namespace Serverless.Backends.KeyVault;

/// <summary>How a vault behaves.</summary>
public sealed record KeyVaultSettings
{
    /// <summary>The tenant that the challenge names.</summary>
    public string TenantId { get; init; } = "11111111-2222-4333-8444-555555555555";

    /// <summary>Where the challenge sends clients for tokens, without the tenant.</summary>
    public string LoginAddress { get; init; } = "https://login.microsoftonline.com";

    /// <summary>The challenge's resource. Clients refuse one whose host isn't the end of the vault's, unless told not to look.</summary>
    public string Resource { get; init; } = "https://vault.azure.net";

    /// <summary>Its tokens are accepted when they are for <see cref="Resource"/> and current.</summary>
    public TokenServer? Tokens { get; init; }

    /// <summary>Further tokens that are accepted.</summary>
    public Func<string, bool>? Accepts { get; init; }

    /// <summary>Whose server certificate is shown; null means a set of its own.</summary>
    public CertificateSet? Certificates { get; init; }

    /// <summary>How long a deletion or a recovery takes to be seen; 409 and 404 until then.</summary>
    public TimeSpan SettleTime { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
