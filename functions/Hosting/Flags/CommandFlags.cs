namespace Serverless.Functions.Hosting.Flags;

/// <summary>Flags that do one thing and end the process.</summary>
internal static class CommandFlags
{
    public static readonly Flag Help = new("help", FlagKind.Command, "Print this text and end.");

    public static readonly Flag Version = new("version", FlagKind.Command, "Print the version and end.");

    public static readonly Flag BuildInfo = new("build-info", FlagKind.Command, "Print version and commit and end.");

    public static readonly Flag Wait = new("wait", FlagKind.Command, "Wait at most 60s until the API on --dapr-http-port is ready, and end.");

    public static IReadOnlyList<Flag> All => [Help, Version, BuildInfo, Wait];
}
