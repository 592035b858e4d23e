using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureRest;

/// <summary>A scripted service, and requests to it.</summary>
public abstract class AzureRestClientTest
{
    private protected static readonly AzureRestOptions Options = new()
    {
        Service = "Test Storage",
        Timeout = TimeSpan.FromSeconds(20),
        RetryDelay = TimeSpan.FromMilliseconds(5),
        LongestRetryDelay = TimeSpan.FromSeconds(2),
    };

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Each rule, for tests whose rows can't show an internal type.</summary>
    private protected static RepeatRule Rule(string name) => name switch
    {
        nameof(RepeatRule.Freely) => RepeatRule.Freely,
        nameof(RepeatRule.IfNotExecuted) => RepeatRule.IfNotExecuted,
        _ => RepeatRule.Never,
    };

    private protected static async Task<int> SendAsync(AzureRestClient client, Uri uri, RequestMethod method, RepeatRule rule, string? body = null, CancellationToken? cancellationToken = null)
    {
        using var message = client.CreateMessage(method, rule);
        message.Request.Uri.Reset(uri);
        if (body is not null)
        {
            message.Request.Content = RequestContent.Create(BinaryData.FromString(body));
        }

        var response = await client.SendAsync(message, "try it", cancellationToken ?? Cancelled);
        return response.Status;
    }

    private protected static async Task<AzureServiceException> RefusalAsync(AzureRestClient client, Uri uri)
    {
        using var message = client.CreateMessage(RequestMethod.Get, RepeatRule.Freely);
        message.Request.Uri.Reset(uri);
        Response response = await client.SendAsync(message, "try it", Cancelled);
        return client.Unexpected(response, "try it");
    }

    /// <summary>A policy that remembers each attempt's authorization.</summary>
    private protected sealed class CountingAuthentication : HttpPipelineSynchronousPolicy
    {
        private int _count;

        public override void OnSendingRequest(HttpMessage message) => message.Request.Headers.SetValue("Authorization", $"Attempt {++_count}");
    }
}
