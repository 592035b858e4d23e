namespace Serverless.Functions.Hosting.Flags;

/// <summary>The flags' values: from the command line, else from the environment.</summary>
internal sealed class FlagValues
{
    private readonly Dictionary<string, IReadOnlyList<string>> _values = new(StringComparer.Ordinal);
    private readonly CommandLine _line;

    /// <summary>Brings both together.</summary>
    /// <exception cref="FlagException">A variable behind a flag with effect has a value that does not fit.</exception>
    public FlagValues(CommandLine line, ProcessEnvironment environment)
    {
        _line = line;
        foreach (var flag in FlagTable.All)
        {
            if ((line.Find(flag) ?? FromEnvironment(flag, environment)) is { } values)
            {
                _values[flag.Name] = values;
            }
        }
    }

    /// <summary>The given flags, by either way, that change nothing and say something else than what is so anyway.</summary>
    public IEnumerable<Flag> WithoutEffect =>
        FlagTable.All.Where(flag => (!flag.HasEffect || flag.NotYet.Length > 0) && Text(flag) is { } value && !IsAlreadySo(flag, value));

    /// <summary>Whether the flag stands on the command line itself.</summary>
    public bool IsOnCommandLine(Flag flag) => _line.Find(flag) is not null;

    /// <summary>How the value was given, for messages.</summary>
    public string Origin(Flag flag) => IsOnCommandLine(flag) ? flag.Spelling : flag.EnvironmentName;

    /// <summary>All values, or none.</summary>
    public IReadOnlyList<string> List(Flag flag) => _values.GetValueOrDefault(flag.Name) ?? [];

    /// <summary>The last value, or null.</summary>
    public string? Text(Flag flag) => _values.GetValueOrDefault(flag.Name)?[^1];

    /// <summary>The word in lower case, or null.</summary>
    public string? Word(Flag flag) => Text(flag)?.ToLowerInvariant();

    /// <summary>On, off, or null.</summary>
    public bool? Switch(Flag flag) => Text(flag) is { } text && FlagText.TryParseSwitch(text, out var value) ? value : null;

    /// <summary>The number, or null.</summary>
    public int? Integer(Flag flag) => Text(flag) is { } text && FlagText.TryParseInteger(text, out var value) ? value : null;

    /// <summary>The port, or null.</summary>
    public int? Port(Flag flag) => Text(flag) is { } text && FlagText.TryParsePort(text, out var value) ? value : null;

    /// <summary>The duration, or null.</summary>
    public TimeSpan? Duration(Flag flag) => Text(flag) is { } text && FlagText.TryParseDuration(text, out var value) ? value : null;

    /// <summary>The size, or null.</summary>
    public long? Bytes(Flag flag) => Text(flag) is { } text && FlagText.TryParseBytes(text, out var value) ? value : null;

    private static bool IsAlreadySo(Flag flag, string value)
    {
        var so = flag.HasEffect && flag.AlreadySo.Length == 0 ? flag.Default : flag.AlreadySo;
        return (flag.HasEffect && value.Length == 0)
            || (so.Length > 0
                && (flag.Kind == FlagKind.Switch
                    ? FlagText.TryParseSwitch(value, out var on) && on == (so == "true")
                    : so.Equals(value, StringComparison.OrdinalIgnoreCase)));
    }

    private static string[]? FromEnvironment(Flag flag, ProcessEnvironment environment)
    {
        if (flag.Kind == FlagKind.Command || environment.Text(flag.EnvironmentName) is not { } text)
        {
            return null;
        }

        if (flag.Kind == FlagKind.List)
        {
            var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return parts.Length > 0 ? parts : null;
        }

        // Variables behind flags without effect may belong to another process (daprd sets DAPR_PORT), so they are not judged.
        if (flag.HasEffect && flag.Fault(text) is { } fault)
        {
            throw new FlagException($"environment variable {flag.EnvironmentName}: '{text}' {fault}");
        }

        return [text];
    }
}
