using System.Text.Json;

namespace Serverless.IntegrationTests.Wire;

/// <summary>The values behind <c>{name}</c> in the texts of a case. <c>{name:json}</c> is the value inside a JSON string.</summary>
internal sealed class WireNames
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public string this[string name]
    {
        get => _values[name];
        set => _values[name] = value;
    }

    public string Fill(string text)
    {
        foreach (var (name, value) in _values)
        {
            text = text.Replace($"{{{name}}}", value, StringComparison.Ordinal)
                .Replace($"{{{name}:json}}", JsonEncodedText.Encode(value).ToString(), StringComparison.Ordinal);
        }

        return text;
    }
}
