using System.Text;
using System.Text.Json;

namespace Serverless.Components.Registry.Resources;

/// <summary>Renders a YAML value as Dapr passes it to a component: strings as they are, everything else as JSON text.</summary>
internal static class YamlJson
{
    private const int MaxLength = 1 << 20;

    /// <exception cref="ComponentException">The text would grow past 1 MiB (aliases of aliases).</exception>
    public static string ToText(YamlNode node)
    {
        if (node.IsNull)
        {
            return "";
        }

        if (node.Text is { } text)
        {
            return node.IsPlain ? YamlScalar.ToJson(text) ?? text : text;
        }

        var json = new StringBuilder();
        Write(json, node);
        return json.ToString();
    }

    private static void Write(StringBuilder json, YamlNode node)
    {
        if (json.Length > MaxLength)
        {
            throw new ComponentException("invalid YAML: a metadata value is larger than 1 MiB");
        }

        if (node.Items is { } items)
        {
            json.Append('[');
            for (var i = 0; i < items.Count; i++)
            {
                json.Append(i == 0 ? "" : ",");
                Write(json, items[i]);
            }

            json.Append(']');
        }
        else if (node.Members is { } members)
        {
            json.Append('{');
            for (var i = 0; i < members.Count; i++)
            {
                json.Append(i == 0 ? "" : ",");
                WriteText(json, members[i].Key);
                json.Append(':');
                Write(json, members[i].Value);
            }

            json.Append('}');
        }
        else if (node.IsNull)
        {
            json.Append("null");
        }
        else if (node.IsPlain && YamlScalar.ToJson(node.Text!) is { } literal)
        {
            json.Append(literal);
        }
        else
        {
            WriteText(json, node.Text!);
        }
    }

    private static void WriteText(StringBuilder json, string text) =>
        json.Append('"').Append(JsonEncodedText.Encode(text).ToString()).Append('"');
}
