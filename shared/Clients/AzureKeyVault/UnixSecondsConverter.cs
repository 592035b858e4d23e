using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Components.Clients.AzureKeyVault;

/// <summary>Times as whole seconds since 1970.</summary>
internal sealed class UnixSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64());
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new JsonException("the time is out of range");
        }
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteNumberValue(value.ToUnixTimeSeconds());
}
