using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>What proves to Service Bus who asks.</summary>
internal sealed class ServiceBusCredential
{
    /// <summary>What tokens of Microsoft Entra are for: queues and topics.</summary>
    public const string ServiceBusScope = "https://servicebus.azure.net/.default";

    /// <summary>What tokens of Microsoft Entra are for: event hubs.</summary>
    public const string EventHubsScope = "https://eventhubs.azure.net/.default";

    private const string SignatureScheme = "SharedAccessSignature ";
    private readonly Func<string, TimeProvider, HttpPipelinePolicy> _createPolicy;

    private ServiceBusCredential(Func<string, TimeProvider, HttpPipelinePolicy> createPolicy) => _createPolicy = createPolicy;

    /// <summary>A shared access policy with its key, whose text is used as it is.</summary>
    public static ServiceBusCredential SharedKey(string name, string key) => new((resource, time) => new SharedAccessPolicy(resource, name, key, time));

    /// <summary>A signature that somebody else computed: <c>SharedAccessSignature sr=…&amp;sig=…&amp;se=…&amp;skn=…</c>.</summary>
    /// <exception cref="FormatException">It is none; the message does not quote it.</exception>
    public static ServiceBusCredential Signature(string text)
    {
        if (!text.StartsWith(SignatureScheme, StringComparison.Ordinal) || !text.Contains("sig=", StringComparison.Ordinal) || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new FormatException("the SharedAccessSignature does not have the form 'SharedAccessSignature sr=…&sig=…&se=…&skn=…'");
        }

        return new ServiceBusCredential((_, _) => new ReadySignaturePolicy(text));
    }

    /// <summary>A token of Microsoft Entra; requests must go over https.</summary>
    public static ServiceBusCredential Token(TokenCredential credential, string scope = ServiceBusScope) => new((_, _) => new BearerTokenAuthenticationPolicy(credential, scope));

    /// <summary>The policy that authorizes requests to a resource.</summary>
    /// <param name="resource">The namespace's address, or an entity's, without a slash at its end.</param>
    /// <param name="time">The clock.</param>
    public HttpPipelinePolicy CreatePolicy(string resource, TimeProvider time) => _createPolicy(resource, time);

    private sealed class ReadySignaturePolicy(string signature) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message) => message.Request.Headers.SetValue("Authorization", signature);
    }
}
