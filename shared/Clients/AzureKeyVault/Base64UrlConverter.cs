using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Bytes as base64url without padding (RFC 7515, appendix C); with padding they are read too.</summary>
internal sealed class Base64UrlConverter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Base64Url.DecodeFromChars(reader.GetString());
        }
        catch (FormatException)
        {
            throw new JsonException("the text is not base64url");
        }
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(Base64Url.EncodeToString(value));
}
