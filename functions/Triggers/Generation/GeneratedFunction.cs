using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Serverless.Functions.Triggers.Generation;

/// <summary>A function folder to be written.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Component">The component that it is for; null for one that is shared.</param>
/// <param name="TriggerType">The trigger's type.</param>
/// <param name="Members">Further members of the trigger.</param>
internal sealed record GeneratedFunction(string Name, string? Component, string TriggerType, IReadOnlyList<KeyValuePair<string, string>> Members)
{
    /// <summary>The schedule of a timer that fires each minute.</summary>
    public const string EachMinute = "0 * * * * *";

    private const string BindingName = "payload";

    /// <summary>One that a queue of Storage or Service Bus triggers.</summary>
    public static GeneratedFunction Queue(string name, string component, string type, string queue, SettingGroup connection) =>
        new(name, component, type, [new("queueName", queue), new("connection", connection.Name), new("dataType", "binary")]);

    /// <summary>One that a timer triggers.</summary>
    public static GeneratedFunction Timer(string name, string? component, string schedule) => new(name, component, TriggerNames.Timer, [new("schedule", schedule)]);

    /// <summary>The text of function.json.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString(TriggerNames.GeneratedBy, TriggerNames.Generator);
            if (Component is not null)
            {
                json.WriteString(TriggerNames.Component, Component);
            }

            json.WriteStartArray("bindings"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, TriggerType);
            json.WriteString("direction"u8, "in"u8);
            json.WriteString("name"u8, BindingName);
            foreach (var (name, value) in Members)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
