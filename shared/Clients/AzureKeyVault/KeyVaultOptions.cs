using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>A vault and who asks it.</summary>
internal sealed record KeyVaultOptions
{
    /// <summary>The service's name in messages.</summary>
    public const string Service = "Key Vault";

    /// <summary>Scheme, host and port; the only ones that tokens are sent to.</summary>
    public required Uri Address { get; init; }

    /// <summary>Whom tokens are for, such as <c>https://vault.azure.net</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>Where tokens come from.</summary>
    public required TokenCredential Credential { get; init; }

    /// <summary>How long one operation may take, with all its attempts.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The clock of timeouts and of waiting.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What carries requests; null means connections of the client's own.</summary>
    public HttpPipelineTransport? Transport { get; init; }

    /// <summary>The scope of token requests.</summary>
    public string Scope => $"{Resource}/.default";

    /// <summary>True when the vault is one of the cloud's own, <c>name.vault.azure.net</c>, and not at an address of another kind.</summary>
    public bool IsUnderResource => Address.IdnHost.EndsWith($".{new Uri(Resource).IdnHost}", StringComparison.OrdinalIgnoreCase);

    /// <summary>How requests are sent; REST clients are authenticated by <see cref="KeyVaultTokenPolicy"/>.</summary>
    public AzureRestOptions ToRestOptions() => new()
    {
        Service = Service,
        Authentication = new KeyVaultTokenPolicy(this),
        Timeout = Timeout,
        Time = Time,
        Transport = Transport,
    };

    /// <summary>Throws when a request is about to leave for another host than the vault's.</summary>
    /// <exception cref="InvalidOperationException">It is; a vault's answer named that host.</exception>
    public void CheckHost(Request request)
    {
        var target = request.Uri;
        if (target.Scheme != Uri.UriSchemeHttps || target.Port != Address.Port || !string.Equals(target.Host, Address.Host, StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"nothing is sent to {target.Scheme}://{target.Host}:{target.Port}: it is not the vault");
        }
    }

    /// <summary>The address alone: the credential may hold secrets.</summary>
    public override string ToString() => Address.ToString();
}
