using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Serverless.Components.Clients.AzureSignalR;

/// <summary>Tokens signed with the service's access key.</summary>
/// <remarks>https://learn.microsoft.com/azure/azure-signalr/signalr-reference-data-plane-rest-api, "Authenticate via Azure SignalR Service AccessKey"; RFC 7519.</remarks>
internal static class SignalRToken
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    /// <summary>A token for one address.</summary>
    /// <param name="key">The access key, whose text is the secret: it is not decoded.</param>
    /// <param name="audience">The address that it opens, for calls of the API without its query.</param>
    /// <param name="expiresOn">Its end.</param>
    /// <param name="user">The user that it stands for; null for none.</param>
    public static string Create(string key, string audience, DateTimeOffset expiresOn, string? user = null)
    {
        var claims = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(claims, Plain))
        {
            json.WriteStartObject();
            json.WriteStartArray("aud");
            json.WriteStringValue(audience);
            json.WriteEndArray();
            json.WriteNumber("exp", expiresOn.ToUnixTimeSeconds());
            if (user is not null)
            {
                json.WriteString("sub", user);
            }

            json.WriteEndObject();
        }

        var text = $"{Header}.{Base64Url.EncodeToString(claims.WrittenSpan)}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)))}";
    }
}
