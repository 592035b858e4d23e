using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureSignalR;

/// <summary>Signs each request with the access key.</summary>
internal sealed class SignalRKeyPolicy(string key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    public override void OnSendingRequest(HttpMessage message)
    {
        var audience = message.Request.Uri.ToUri().GetLeftPart(UriPartial.Path);
        message.Request.Headers.SetValue("Authorization", $"Bearer {SignalRToken.Create(key, audience, time.GetUtcNow() + Lifetime)}");
    }
}
