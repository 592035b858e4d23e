namespace Serverless.Components.Registry.Resources;

/// <summary>One node of a parsed YAML document: a scalar, a sequence or a mapping.</summary>
internal sealed class YamlNode
{
    private YamlNode()
    {
    }

    /// <summary>The scalar's text, or null when the node is no scalar.</summary>
    public string? Text { get; private init; }

    /// <summary>True for an unquoted scalar, whose type follows from its text.</summary>
    public bool IsPlain { get; private init; }

    /// <summary>The sequence's items, or null.</summary>
    public IReadOnlyList<YamlNode>? Items { get; private init; }

    /// <summary>The mapping's members in order, or null.</summary>
    public IReadOnlyList<KeyValuePair<string, YamlNode>>? Members { get; private init; }

    /// <summary>True for a plain <c>null</c>, <c>~</c> or nothing.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public static YamlNode Scalar(string text, bool isPlain) => new() { Text = text, IsPlain = isPlain };

    public static YamlNode Sequence(IReadOnlyList<YamlNode> items) => new() { Items = items };

    public static YamlNode Mapping(IReadOnlyList<KeyValuePair<string, YamlNode>> members) => new() { Members = members };

    /// <summary>The member of that name; null when it is absent, null, or this is no mapping.</summary>
    public YamlNode? this[string name]
    {
        get
        {
            foreach (var (key, value) in Members ?? [])
            {
                if (key == name)
                {
                    return value.IsNull ? null : value;
                }
            }

            return null;
        }
    }

    /// <summary>The text of a scalar member, or null when it is absent.</summary>
    /// <exception cref="ComponentException">The member is no scalar.</exception>
    public string? TextOf(string name) => this[name] switch
    {
        null => null,
        { Text: { } text } => text,
        _ => throw new ComponentException($"'{name}' must be a scalar"),
    };

    /// <summary>The items of a sequence member; empty when it is absent.</summary>
    /// <exception cref="ComponentException">The member is no sequence.</exception>
    public IReadOnlyList<YamlNode> ItemsOf(string name) => this[name] switch
    {
        null => [],
        { Items: { } items } => items,
        _ => throw new ComponentException($"'{name}' must be a list"),
    };

    /// <summary>The texts of a sequence of scalars; null when it is absent.</summary>
    /// <exception cref="ComponentException">The member is no sequence of scalars.</exception>
    public IReadOnlyList<string>? TextsOf(string name) => this[name] is null
        ? null
        : [.. ItemsOf(name).Select(item => item.Text ?? throw new ComponentException($"'{name}' must be a list of scalars"))];

    /// <summary>A boolean member, or null when it is absent.</summary>
    /// <exception cref="ComponentException">The member is neither true nor false.</exception>
    public bool? BooleanOf(string name) => TextOf(name) switch
    {
        null => null,
        var text when YamlScalar.TryReadBoolean(text, out var value) => value,
        _ => throw new ComponentException($"'{name}' must be true or false"),
    };
}
