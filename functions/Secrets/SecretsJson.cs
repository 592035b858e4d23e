using System.Buffers;
using System.Text.Json;
using Serverless.Functions.Http;

namespace Serverless.Functions.Secrets;

/// <summary>The JSON of the secrets API: what Go's encoder writes for maps, with their names in order and a line feed.</summary>
internal static class SecretsJson
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyDictionary<string, string> secret) => Write(json => WriteSecret(json, secret));

    public static ReadOnlyMemory<byte> Write(IEnumerable<KeyValuePair<string, IReadOnlyDictionary<string, string>>> secrets) => Write(json =>
    {
        json.WriteStartObject();
        foreach (var (name, secret) in secrets.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(name);
            WriteSecret(json, secret);
        }

        json.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, GoJsonEncoder.WriterOptions);
        write(json);
        json.Flush();
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteSecret(Utf8JsonWriter json, IReadOnlyDictionary<string, string> secret)
    {
        json.WriteStartObject();
        foreach (var (name, value) in secret.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }
}
