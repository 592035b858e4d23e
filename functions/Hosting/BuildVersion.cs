using System.Reflection;

namespace Serverless.Functions.Hosting;

/// <summary>The version and commit that the build wrote into this assembly.</summary>
/// <param name="Version">For example <c>1.2.0</c>; <c>edge</c> when the build said nothing.</param>
/// <param name="Commit">The short commit; <c>unknown</c> when the build said nothing.</param>
internal sealed record BuildVersion(string Version, string Commit)
{
    private const int ShortCommit = 7;

    /// <summary>Of the running app.</summary>
    public static BuildVersion Current { get; } =
        Parse(typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    /// <summary>Reads <c>version+commit</c>.</summary>
    public static BuildVersion Parse(string? informational)
    {
        var plus = informational?.IndexOf('+') ?? -1;
        if (plus <= 0 || plus == informational!.Length - 1)
        {
            return new BuildVersion("edge", "unknown");
        }

        var commit = informational[(plus + 1)..];
        return new BuildVersion(informational[..plus], commit.Length > ShortCommit ? commit[..ShortCommit] : commit);
    }
}
