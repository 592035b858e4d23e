using System.Globalization;

namespace Serverless.Components.Registry;

/// <summary>Reads metadata items once into an options record and reports all faults together.</summary>
/// <remarks>An empty value counts as absent, as in Dapr's decoder. Parsing rules: <see cref="DaprText"/>.</remarks>
public sealed class MetadataBinder
{
    private readonly ComponentMetadata _metadata;
    private List<string>? _faults;

    internal MetadataBinder(ComponentMetadata metadata) => _metadata = metadata;

    /// <summary>Text that must be there.</summary>
    public string Required(string name)
    {
        var value = Text(name);
        if (value is null)
        {
            Fault(name, "a value (it is required)");
        }

        return value ?? "";
    }

    /// <summary>Text under the first of several names that is there, or null.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_metadata.Value(name) is { Length: > 0 } value)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The texts of those names that are there.</summary>
    public IReadOnlyDictionary<string, string> Texts(IEnumerable<string> names)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (Text(name) is { } value)
            {
                texts[name] = value;
            }
        }

        return texts;
    }

    /// <summary>A boolean by Dapr's truthy words; anything else is false.</summary>
    public bool Boolean(string name, bool fallback) => Text(name) is { } value ? DaprText.IsTruthy(value) : fallback;

    /// <summary>A whole number within bounds.</summary>
    public int WholeNumber(string name, int fallback, int minimum = int.MinValue, int maximum = int.MaxValue)
    {
        if (Text(name) is not { } value)
        {
            return fallback;
        }

        if (int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Fault(name, (minimum, maximum) switch
        {
            (int.MinValue, int.MaxValue) => "a whole number",
            (_, int.MaxValue) => $"a whole number of at least {minimum}",
            _ => $"a whole number from {minimum} to {maximum}",
        });
        return fallback;
    }

    /// <summary>A Go duration (<c>1m30s</c>) or a plain number of seconds, not negative; null when absent.</summary>
    public TimeSpan? Duration(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(name) is not { } value)
            {
                continue;
            }

            if (DaprText.TryParseDuration(value, TimeSpan.FromSeconds(1), out var duration) && duration >= TimeSpan.Zero)
            {
                return duration;
            }

            Fault(name, "a duration such as 5s, 1m30s or a number of seconds");
            return null;
        }

        return null;
    }

    /// <summary>One of several words, compared without case and returned as listed.</summary>
    public string OneOf(string name, string fallback, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } value)
        {
            return fallback;
        }

        foreach (var word in words)
        {
            if (word.Equals(value, StringComparison.OrdinalIgnoreCase))
            {
                return word;
            }
        }

        Fault(name, $"one of {string.Join(", ", words!)}");
        return fallback;
    }

    /// <summary>Adds a fault; the value itself is never quoted, because it may be a secret.</summary>
    public void Fault(string name, string expected) =>
        (_faults ??= []).Add($"metadata '{name}': expected {expected}");

    /// <summary>Ends the reading.</summary>
    /// <exception cref="ComponentException">At least one fault was found; the message lists them all.</exception>
    public void ThrowIfFaulty()
    {
        if (_faults is not null)
        {
            throw new ComponentException($"component '{_metadata.ComponentName}': {string.Join("; ", _faults)}");
        }
    }
}
