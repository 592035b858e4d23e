using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Serverless.Functions.Hosting.Logging;

/// <summary>Dapr's JSON lines; the members stand in alphabetical order.</summary>
internal sealed class JsonLogFormat(LogIdentity identity) : ILogFormat
{
    // Lines are read by log collectors, never by a browser.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(LogLine line, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("app_id"u8, identity.AppId);
            if (line.Error is not null)
            {
                json.WriteString("error"u8, line.Error);
            }

            json.WriteString("instance"u8, identity.Instance);
            json.WriteString("level"u8, LogLevels.Word(line.Level));
            json.WriteString("msg"u8, line.Message);
            json.WriteString("scope"u8, line.Scope ?? "");
            json.WriteString("time"u8, line.Time.UtcDateTime);
            json.WriteString("type"u8, "log"u8);
            json.WriteString("ver"u8, identity.Version);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
