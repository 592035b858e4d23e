using System.Buffers;
using System.Globalization;
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
            var next = WriteFields(json, line, 0, "error");
            if (line.Error is not null)
            {
                json.WriteString("error"u8, line.Error);
            }

            next = WriteFields(json, line, next, "instance");
            json.WriteString("instance"u8, identity.Instance);
            json.WriteString("level"u8, LogLevels.Word(line.Level));
            next = WriteFields(json, line, next, "msg");
            json.WriteString("msg"u8, line.Message);
            json.WriteString("scope"u8, line.Scope ?? "");
            next = WriteFields(json, line, next, "time");
            json.WriteString("time"u8, line.Time.UtcDateTime);
            json.WriteString("type"u8, "log"u8);
            WriteFields(json, line, next, "ver");
            json.WriteString("ver"u8, identity.Version);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>Writes the fields from <paramref name="next"/> on that sort before a name; returns where to go on.</summary>
    private static int WriteFields(Utf8JsonWriter json, LogLine line, int next, string before)
    {
        for (; next < line.Fields?.Length && string.CompareOrdinal(line.Fields[next].Key, before) < 0; next++)
        {
            var (name, value) = line.Fields[next];
            if (value is int or long)
            {
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            }
            else
            {
                json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }

        return next;
    }
}
