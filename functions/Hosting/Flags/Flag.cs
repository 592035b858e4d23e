namespace Serverless.Functions.Hosting.Flags;

/// <summary>One flag of the command line.</summary>
/// <param name="Name">The name without dashes.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Help">What it does, for <c>--help</c>.</param>
internal sealed record Flag(string Name, FlagKind Kind, string Help = "")
{
    /// <summary>The value when it is not given, for <c>--help</c>.</summary>
    public string Default { get; init; } = "";

    /// <summary>The allowed words of a <see cref="FlagKind.Word"/>.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The smallest allowed <see cref="FlagKind.Integer"/>.</summary>
    public int Minimum { get; init; } = int.MinValue;

    /// <summary>Why the flag changes nothing here; empty when it does something.</summary>
    public string NoEffect { get; init; } = "";

    /// <summary>Why the flag, which is read and checked, changes nothing so far; empty when it does something.</summary>
    public string NotYet { get; init; } = "";

    /// <summary>The value of a flag without effect that describes this app anyway, and so needs no remark.</summary>
    public string AlreadySo { get; init; } = "";

    /// <summary>Whether the flag does something.</summary>
    public bool HasEffect => NoEffect.Length == 0;

    /// <summary>Whether the flag may stand without a value.</summary>
    public bool IsSwitch => Kind is FlagKind.Switch or FlagKind.Command;

    /// <summary><c>--name</c>.</summary>
    public string Spelling => $"--{Name}";

    /// <summary>The environment variable behind the flag, or empty.</summary>
    public string EnvironmentName
    {
        get
        {
            var prefixed = Name.StartsWith("app-", StringComparison.Ordinal) || Name.StartsWith("dapr-", StringComparison.Ordinal);
            var name = Name.ToUpperInvariant().Replace('-', '_');
            return Kind == FlagKind.Command ? "" : prefixed ? name : $"DAPR_{name}";
        }
    }

    /// <summary>What is wrong with the value, or null.</summary>
    public string? Fault(string value) => Kind switch
    {
        FlagKind.Switch or FlagKind.Command when !FlagText.TryParseSwitch(value, out _) => "is neither true nor false",
        FlagKind.Word when !Words.Contains(value, StringComparer.OrdinalIgnoreCase) => $"is not one of {string.Join(", ", Words)}",
        FlagKind.Integer when !FlagText.TryParseInteger(value, out _) => "is not a whole number",
        FlagKind.Integer when FlagText.TryParseInteger(value, out var number) && number < Minimum => $"is less than {Minimum}",
        FlagKind.Port when !FlagText.TryParsePort(value, out _) => "is not a port (0 to 65535)",
        FlagKind.Duration when !FlagText.TryParseDuration(value, out _) => "is not a duration such as 20s or 1m30s",
        FlagKind.Bytes when !FlagText.TryParseBytes(value, out _) => "is not a size such as 4Mi or 500k",
        _ => null,
    };
}
