namespace Serverless.Functions.Hosting.Logging;

/// <summary>Values of an event that are fields of its line, so that no value can pass itself off as another field.</summary>
internal static class LogFields
{
    /// <summary>The <c>EventName</c> of a <see cref="LoggerMessageAttribute"/> whose parameters are such fields.</summary>
    public const string EventName = "fields";

    private const string Template = "{OriginalFormat}";

    /// <summary>The event's values sorted by name, without those that are null.</summary>
    public static KeyValuePair<string, object>[] Of<TState>(TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            return [];
        }

        var fields = new List<KeyValuePair<string, object>>(values.Count);
        foreach (var (name, value) in values)
        {
            if (value is not null && name != Template)
            {
                fields.Add(new(name, value));
            }
        }

        fields.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return [.. fields];
    }
}
