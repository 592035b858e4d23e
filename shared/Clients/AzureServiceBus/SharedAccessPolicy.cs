using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Components.Clients.AzureServiceBus;

/// <summary>Authorizes requests with a token signed by a shared access policy's key; a token serves until shortly before its end.</summary>
/// <remarks>https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas.</remarks>
/// <param name="resource">What the token is for, without a slash at its end.</param>
/// <param name="name">The policy's name.</param>
/// <param name="key">The policy's key, whose text is the secret: it is not decoded.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedAccessPolicy(string resource, string name, string key, TimeProvider time) : HttpPipelineSynchronousPolicy
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    // More than the longest receive, and than clocks usually differ.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);
    private Token? _token;

    /// <summary>The token that ends at a time.</summary>
    public static string Create(string resource, string name, string key, DateTimeOffset expiresOn)
    {
        var address = Uri.EscapeDataString(resource);
        var end = expiresOn.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{address}\n{end}"));
        return $"SharedAccessSignature sr={address}&sig={Uri.EscapeDataString(Convert.ToBase64String(hash))}&se={end}&skn={Uri.EscapeDataString(name)}";
    }

    public override void OnSendingRequest(HttpMessage message)
    {
        var now = time.GetUtcNow();

        // A clock that was set back counts too: a token from far in the future is not kept for long.
        var token = Volatile.Read(ref _token);
        if (token is null || now < token.CreatedOn || now >= token.CreatedOn + Lifetime - Margin)
        {
            token = new Token(now, Create(resource, name, key, now + Lifetime));
            Volatile.Write(ref _token, token);
        }

        message.Request.Headers.SetValue("Authorization", token.Text);
    }

    private sealed class Token(DateTimeOffset createdOn, string text)
    {
        public DateTimeOffset CreatedOn { get; } = createdOn;

        public string Text { get; } = text;
    }
}
