using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Serverless.Functions.Bindings.Triggers.Generation;

/// <summary>A function folder to be written.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Component">The component whose events it brings; null for the shared timer.</param>
/// <param name="TriggerType">The trigger's type.</param>
/// <param name="Members">Further members of the trigger.</param>
internal sealed record GeneratedFunction(string Name, string? Component, string TriggerType, IReadOnlyList<KeyValuePair<string, string>> Members)
{
    private const string BindingName = "payload";

    /// <summary>The one timer of all schedules that need our own evaluator.</summary>
    public static GeneratedFunction MinuteTimer { get; } = new(TriggerNames.MinuteTimer, null, TriggerNames.Timer, [new("schedule", "0 * * * * *")]);

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
