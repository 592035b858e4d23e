using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureEventGrid;

/// <summary>What proves to Event Grid who publishes.</summary>
internal sealed class EventGridCredential
{
    private const string Scope = "https://eventgrid.azure.net/.default";

    private EventGridCredential(HttpPipelinePolicy policy) => Policy = policy;

    /// <summary>Authorizes requests.</summary>
    public HttpPipelinePolicy Policy { get; }

    /// <summary>A topic's access key.</summary>
    /// <exception cref="FormatException">No header can hold it; the message does not quote it.</exception>
    public static EventGridCredential Key(string key) =>
        key.AsSpan().ContainsAnyExceptInRange('!', '~') ? throw new FormatException("the access key has characters that no key has") : new(new KeyPolicy(key));

    /// <summary>A token of Microsoft Entra; requests must go over https.</summary>
    public static EventGridCredential Token(TokenCredential credential) => new(new BearerTokenAuthenticationPolicy(credential, Scope));

    private sealed class KeyPolicy(string key) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message) => message.Request.Headers.SetValue("aeg-sas-key", key);
    }
}
