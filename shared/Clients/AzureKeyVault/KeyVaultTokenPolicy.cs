using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Puts a token on requests to the vault, without waiting for its challenge, and refuses all others.</summary>
internal sealed class KeyVaultTokenPolicy(KeyVaultOptions options) : BearerTokenAuthenticationPolicy(options.Credential, options.Scope)
{
    protected override ValueTask AuthorizeRequestAsync(HttpMessage message)
    {
        options.CheckHost(message.Request);
        return base.AuthorizeRequestAsync(message);
    }

    protected override void AuthorizeRequest(HttpMessage message)
    {
        options.CheckHost(message.Request);
        base.AuthorizeRequest(message);
    }
}
