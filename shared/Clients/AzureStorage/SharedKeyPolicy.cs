using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>Signs requests to the Blob and Queue services with the account's key, each attempt with its own time.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, "Blob, Queue, and File Services".</remarks>
internal sealed class SharedKeyPolicy(string account, byte[] key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    private static readonly string[] SignedHeaders =
        ["Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"];

    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(TextToSign(request)), hash);
        request.Headers.SetValue("Authorization", $"SharedKey {account}:{Convert.ToBase64String(hash)}");
    }

    private string TextToSign(Request request)
    {
        var text = new StringBuilder(512);
        text.Append(request.Method.Method).Append('\n');
        AppendHeader(text, request, "Content-Encoding");
        AppendHeader(text, request, "Content-Language");
        var length = 0L;
        _ = request.Content?.TryComputeLength(out length);
        text.Append(length > 0 ? length.ToString(CultureInfo.InvariantCulture) : "").Append('\n');
        foreach (var name in SignedHeaders)
        {
            AppendHeader(text, request, name);
        }

        AppendServiceHeaders(text, request);
        var address = request.Uri.ToUri();
        text.Append('/').Append(account).Append(address.AbsolutePath);
        CanonicalQuery.Append(text, address.Query);
        return text.ToString();
    }

    private static void AppendServiceHeaders(StringBuilder text, Request request)
    {
        var headers = new List<(string Name, string Value)>();
        foreach (var header in request.Headers)
        {
            if (header.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add((header.Name.ToLowerInvariant(), header.Value));
            }
        }

        // The service sorts an underscore, which metadata may have, before digits and letters.
        headers.Sort(static (one, other) => string.CompareOrdinal(one.Name.Replace('_', ' '), other.Name.Replace('_', ' ')));
        foreach (var (name, value) in headers)
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }
    }

    private static void AppendHeader(StringBuilder text, Request request, string name) =>
        text.Append(request.Headers.TryGetValue(name, out var value) ? value : "").Append('\n');
}
