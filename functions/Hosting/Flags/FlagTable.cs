namespace Serverless.Functions.Hosting.Flags;

/// <summary>Every flag, in the order of <c>--help</c>.</summary>
internal static class FlagTable
{
    /// <summary>All flags.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        .. CommandFlags.All, .. AppFlags.All, .. ApiFlags.All, .. ResourceFlags.All, .. ProcessFlags.All, .. AbsentFlags.All, .. SentryFlags.All,
    ];

    // After All: static initialisers run from top to bottom.
    private static Dictionary<string, Flag> ByName { get; } = All.ToDictionary(flag => flag.Name, StringComparer.Ordinal);

    /// <summary>The flag of that name, or null.</summary>
    public static Flag? Find(string name) => ByName.GetValueOrDefault(name == "h" ? CommandFlags.Help.Name : name);
}
