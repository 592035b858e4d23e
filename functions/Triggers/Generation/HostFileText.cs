using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Functions.Triggers.Generation;

/// <summary>Writes into host.json what triggers need, and takes it out when there are none.</summary>
/// <remarks>Functions docs: functions-host-json. Everything else in the file stays as the publish wrote it.</remarks>
internal static class HostFileText
{
    /// <summary>The file's new text.</summary>
    /// <exception cref="GenerationException">The text is no JSON object.</exception>
    public static string With(string text, TriggerPlan plan)
    {
        var root = Parse(text);
        if (root["extensions"] is not JsonObject extensions)
        {
            root["extensions"] = extensions = [];
        }

        // "none": the message is the text itself. 30 s instead of none between the tries of a refused message. 2 s: the host's own
        // limit of a minute would let a lone message wait that long.
        Set(extensions, "queues", plan.HasQueues, static () => new JsonObject
        {
            ["messageEncoding"] = JsonValue.Create("none"),
            ["visibilityTimeout"] = JsonValue.Create("00:00:30"),
            ["maxPollingInterval"] = JsonValue.Create("00:00:02"),
        });

        // An invocation may wait for the app as long as functionTimeout; the default of 5 minutes would lose its lock.
        Set(extensions, "serviceBus", plan.HasServiceBus, static () => new JsonObject { ["maxAutoLockRenewalDuration"] = JsonValue.Create("00:10:00") });
        Set(root, "extensionBundle", plan.HasQueues || plan.HasServiceBus, static () => new JsonObject
        {
            ["id"] = JsonValue.Create("Microsoft.Azure.Functions.ExtensionBundle"),
            ["version"] = JsonValue.Create("[4.*, 5.0.0)"),
        });

        // This one is no matter of taste.
        if (extensions["queues"] is JsonObject queues)
        {
            queues["messageEncoding"] = "none";
        }

        return Write(root);
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new GenerationException("host.json is no JSON object");
        }
        catch (JsonException exception)
        {
            throw new GenerationException($"host.json is no JSON: {exception.Message}");
        }
    }

    // What the file says about it already is somebody's wish; without triggers of the kind it is of no use.
    private static void Set(JsonObject target, string name, bool isNeeded, Func<JsonObject> create)
    {
        if (!isNeeded)
        {
            target.Remove(name);
            return;
        }

        var known = target[name] as JsonObject;
        target[name] = known ??= [];
        foreach (var (member, value) in create())
        {
            if (!known.ContainsKey(member))
            {
                known[member] = value?.DeepClone();
            }
        }
    }

    private static string Write(JsonObject root)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            root.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
