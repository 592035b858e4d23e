using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureStorage;

/// <summary>Signs requests to the Table service with the account's key, each attempt with its own time.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, "Shared Key Lite" for the Table service.</remarks>
internal sealed class SharedKeyLitePolicy(string account, byte[] key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    private const int UsualLength = 512;
    private readonly string _scheme = $"SharedKeyLite {account}:";
    private Date _date = new(-1, "");

    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        var date = Now();
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue("Authorization", Sign(date, request.Uri));
    }

    // Many requests share a second.
    private string Now()
    {
        var now = time.GetUtcNow();
        var second = now.Ticks / TimeSpan.TicksPerSecond;
        var date = _date;
        if (date.Second != second)
        {
            _date = date = new Date(second, now.ToString("R", CultureInfo.InvariantCulture));
        }

        return date.Text;
    }

    private string Sign(string date, RequestUriBuilder uri)
    {
        var address = uri.ToUri();
        var component = uri.Query.Contains("comp=", StringComparison.Ordinal) ? CanonicalQuery.Component(uri.Query) : "";
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[UsualLength];
        HMACSHA256.HashData(
            key,
            Utf8.TryWrite(text, $"{date}\n/{account}{address.AbsolutePath}{component}", out var length)
                ? text[..length]
                : Encoding.UTF8.GetBytes($"{date}\n/{account}{address.AbsolutePath}{component}"),
            hash);
        return string.Concat(_scheme, Convert.ToBase64String(hash));
    }

    private sealed record Date(long Second, string Text);
}
