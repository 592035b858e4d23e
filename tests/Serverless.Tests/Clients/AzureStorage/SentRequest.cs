using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Components.Clients.AzureRest;
using Serverless.Tests.Clients.AzureRest;

namespace Serverless.Tests.Clients.AzureStorage;

/// <summary>Lets an authentication policy work on a request and shows what came over the wire.</summary>
internal static class SentRequest
{
    /// <summary>Sends a request through a policy to a service that answers with these.</summary>
    public static async Task<IReadOnlyList<ScriptedRequest>> SendAsync(HttpPipelinePolicy policy, RequestMethod method, string target, Action<Request>? prepare = null, params string[] answers)
    {
        await using var service = new ScriptedService(answers is [] ? [ScriptedService.Answer(200)] : answers);
        using var client = new AzureRestClient(new AzureRestOptions { Service = "Test", Authentication = new LateDiagnostics(policy), RetryDelay = TimeSpan.FromMilliseconds(5) });
        using var message = client.CreateMessage(method, RepeatRule.Freely);
        message.Request.Uri.Reset(service.Uri(target));
        prepare?.Invoke(message.Request);
        await client.SendAsync(message, "try it", TestContext.Current.CancellationToken);
        return [.. service.Requests];
    }

    // The test vectors were made without the ids that the pipeline adds.
    private sealed class LateDiagnostics(HttpPipelinePolicy policy) : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            message.Request.Headers.Remove("x-ms-client-request-id");
            message.Request.Headers.Remove("x-ms-return-client-request-id");
            return policy.ProcessAsync(message, pipeline);
        }
    }
}
