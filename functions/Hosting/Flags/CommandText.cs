namespace Serverless.Functions.Hosting.Flags;

/// <summary>The answers of flags that only print.</summary>
internal static class CommandText
{
    /// <summary>What to print, or null when none of these flags is given.</summary>
    public static string? For(CommandLine line) =>
        line.Has(CommandFlags.Help) ? HelpText.Create()
        : line.Has(CommandFlags.Version) ? $"{BuildVersion.Current.Version}\n"
        : line.Has(CommandFlags.BuildInfo) ? $"Version: {BuildVersion.Current.Version}\nGit Commit: {BuildVersion.Current.Commit}\n"
        : null;
}
