using System.Buffers;
using System.Text.Json;
using Serverless.Components.Registry;
using Serverless.Components.Registry.Live;
using Serverless.Functions.Hosting;
using Serverless.Functions.Http;

namespace Serverless.Functions.Metadata;

/// <summary>Writes the metadata document: members in Dapr's order, empty ones left out except for the three objects at the end.</summary>
internal static class MetadataJson
{
    private const string VersionName = "daprRuntimeVersion";

    public static ReadOnlyMemory<byte> Write(LiveView view, RuntimeOptions options, string version, IEnumerable<KeyValuePair<string, string>> extended, bool hasWorkflows)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, GoJsonEncoder.WriterOptions);
        json.WriteStartObject();
        WriteText(json, "id", options.AppId);
        WriteText(json, "runtimeVersion", version);
        if (view.Configuration.IsEnabled("HotReload", fallback: true))
        {
            WriteTexts(json, "enabledFeatures", ["HotReload"]);
        }

        WriteComponents(json, view);
        WriteExtended(json, [.. extended.Where(item => item.Key != VersionName), new(VersionName, version)]);
        WriteApp(json, options);
        json.WriteStartObject("actorRuntime"u8);
        json.WriteString("runtimeStatus"u8, "DISABLED"u8);
        json.WriteBoolean("hostReady"u8, false);
        json.WriteEndObject();
        json.WriteStartObject("workflows"u8);
        if (hasWorkflows)
        {
            // The engine's own: there is no other kind of worker.
            json.WriteNumber("connectedWorkers"u8, 1);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteComponents(Utf8JsonWriter json, LiveView view)
    {
        var running = view.Components.Where(live => live.Instance is not null).ToArray();
        if (running.Length == 0)
        {
            return;
        }

        json.WriteStartArray("components"u8);
        foreach (var live in running)
        {
            json.WriteStartObject();
            WriteText(json, "name", live.Definition.Key.Name);
            WriteText(json, "type", live.Definition.Type);
            WriteText(json, "version", live.Definition.Version);
            WriteTexts(json, "capabilities", live.Instance!.Capabilities);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteExtended(Utf8JsonWriter json, KeyValuePair<string, string>[] items)
    {
        Array.Sort(items, (left, right) => string.CompareOrdinal(left.Key, right.Key));
        json.WriteStartObject("extended"u8);
        foreach (var (name, value) in items)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static void WriteApp(Utf8JsonWriter json, RuntimeOptions options)
    {
        json.WriteStartObject("appConnectionProperties"u8);
        if (App(options) is var (port, protocol, address))
        {
            json.WriteNumber("port"u8, port);
            WriteText(json, "protocol", protocol);
            WriteText(json, "channelAddress", address);
            if (options.AppMaxConcurrency != 0)
            {
                json.WriteNumber("maxConcurrency"u8, options.AppMaxConcurrency);
            }

            if (options.AppHealthCheck)
            {
                WriteHealth(json, options);
            }
        }

        json.WriteEndObject();
    }

    private static (int Port, string Protocol, string Address)? App(RuntimeOptions options)
    {
        if (options.AppUrl.Length > 0)
        {
            var url = new Uri(options.AppUrl);
            return (url.Port, url.Scheme, url.Host);
        }

        return options.AppPort is { } port ? (port, options.AppProtocol, options.AppChannelAddress) : null;
    }

    private static void WriteHealth(Utf8JsonWriter json, RuntimeOptions options)
    {
        json.WriteStartObject("health"u8);
        WriteText(json, "healthCheckPath", options.AppHealthCheckPath);
        WriteText(json, "healthProbeInterval", GoTime.Format(options.AppHealthProbeInterval));
        WriteText(json, "healthProbeTimeout", GoTime.Format(options.AppHealthProbeTimeout));
        json.WriteNumber("healthThreshold"u8, options.AppHealthThreshold);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
