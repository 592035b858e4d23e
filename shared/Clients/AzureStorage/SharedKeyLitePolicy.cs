using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>Signs requests to the Table service with the account's key, each attempt with its own time.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, "Shared Key Lite" for the Table service.</remarks>
internal sealed class SharedKeyLitePolicy(string account, byte[] key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        var date = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue("Authorization", Sign(date, request.Uri));
    }

    private string Sign(string date, RequestUriBuilder uri)
    {
        var address = uri.ToUri();
        var component = address.Query.Contains("comp=", StringComparison.Ordinal) ? CanonicalQuery.Component(address.Query) : "";
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{date}\n/{account}{address.AbsolutePath}{component}"), hash);
        return $"SharedKeyLite {account}:{Convert.ToBase64String(hash)}";
    }
}
