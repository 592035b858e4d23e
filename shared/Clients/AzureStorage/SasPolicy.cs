using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>Puts a shared access signature behind a request's own query.</summary>
/// <param name="query">The signature's parameters, encoded, without a question mark.</param>
internal sealed class SasPolicy(string query) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        // A repetition has it already.
        var own = message.Request.Uri.Query;
        if (!own.EndsWith(query, StringComparison.Ordinal))
        {
            message.Request.Uri.Query = own.Length > 1 ? $"{own}&{query}" : $"?{query}";
        }
    }
}
