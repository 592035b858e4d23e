using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Serverless.Components.Registry.Resources;

/// <summary>Builds a <see cref="YamlNode"/> tree from the parser's events, without reflection.</summary>
/// <remarks>YAML 1.1/1.2, https://yaml.org/spec; merge keys are not supported.</remarks>
internal static class YamlReader
{
    private const int MaxDepth = 64;

    /// <summary>Parses one document.</summary>
    /// <returns>The root, or null when the document is empty.</returns>
    /// <exception cref="ComponentException">The text is no YAML; the message has line and column but none of the text.</exception>
    public static YamlNode? Parse(string document)
    {
        try
        {
            using var text = new StringReader(document);
            var parser = new Parser(text);
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return null;
            }

            return Read(parser, new Dictionary<string, YamlNode>(StringComparer.Ordinal), 0);
        }
        catch (YamlException exception)
        {
            // The parser's own message can quote the text, which can hold a secret.
            throw new ComponentException($"invalid YAML at line {exception.Start.Line}, column {exception.Start.Column}");
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The parser does not turn all of its own trouble into YamlException.
            throw new ComponentException("invalid YAML");
        }
    }

    private static YamlNode Read(Parser parser, Dictionary<string, YamlNode> anchors, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ComponentException($"invalid YAML: nested deeper than {MaxDepth} levels");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.GetValueOrDefault(alias.Value.Value)
                ?? throw new ComponentException($"invalid YAML at line {alias.Start.Line}: unknown anchor");
        }

        var anchor = parser.Current is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : null;
        var read = ReadValue(parser, anchors, depth);
        if (anchor is not null)
        {
            anchors[anchor] = read;
        }

        return read;
    }

    private static YamlNode ReadValue(Parser parser, Dictionary<string, YamlNode> anchors, int depth)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return YamlNode.Scalar(scalar.Value, scalar.Style == ScalarStyle.Plain && (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific));
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(parser, anchors, depth + 1));
            }

            return YamlNode.Sequence(items);
        }

        parser.Consume<MappingStart>();
        var members = new List<KeyValuePair<string, YamlNode>>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (members.Exists(member => member.Key == key.Value))
            {
                throw new ComponentException($"invalid YAML at line {key.Start.Line}: a key is given twice");
            }

            members.Add(new(key.Value, Read(parser, anchors, depth + 1)));
        }

        return YamlNode.Mapping(members);
    }
}
