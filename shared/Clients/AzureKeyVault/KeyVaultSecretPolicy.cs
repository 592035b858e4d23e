using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Keeps Microsoft's client to the vault, and lets its requests, which all read, be repeated.</summary>
/// <remarks>Pages of a list name the next one by a whole address; a challenge would be answered there too.</remarks>
internal sealed class KeyVaultSecretPolicy(KeyVaultOptions options) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        options.CheckHost(message.Request);
        RepeatRule.Freely.Set(message);
    }
}
