using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>Writes a row as JSON, with its type before each property where the service would take it for another.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/payload-format-for-table-service-operations.</remarks>
internal static class TableEntityWriter
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    // The service reads JSON, not HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes a row whose keys and properties have been checked.</summary>
    public static void Write(IBufferWriter<byte> output, TableKey key, IReadOnlyList<TableProperty> properties)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("PartitionKey"u8, key.PartitionKey);
        json.WriteString("RowKey"u8, key.RowKey);
        foreach (var (name, value) in properties)
        {
            Write(json, name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>A time as the service spells it.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, string name, TableValue value)
    {
        switch (value.Type)
        {
            case TableType.String when value.IsUtf8:
                json.WriteString(name, value.Bytes.Span);
                break;
            case TableType.String:
                json.WriteString(name, value.Text);
                break;
            case TableType.Int32:
                json.WriteNumber(name, value.Int32);
                break;
            case TableType.Int64:
                WriteType(json, name, "Edm.Int64");
                json.WriteString(name, value.Int64.ToString(CultureInfo.InvariantCulture));
                break;
            case TableType.Double:
                WriteType(json, name, "Edm.Double");
                WriteDouble(json, name, value.Double);
                break;
            case TableType.Boolean:
                json.WriteBoolean(name, value.Boolean);
                break;
            case TableType.DateTime:
                WriteType(json, name, "Edm.DateTime");
                json.WriteString(name, Format(value.DateTime));
                break;
            case TableType.Guid:
                WriteType(json, name, "Edm.Guid");
                json.WriteString(name, value.Guid);
                break;
            default:
                WriteType(json, name, "Edm.Binary");
                json.WriteBase64String(name, value.Binary.Span);
                break;
        }
    }

    private static void WriteType(Utf8JsonWriter json, string name, string type) => json.WriteString($"{name}@odata.type", type);

    private static void WriteDouble(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }
}
