namespace Serverless.Functions.Hosting.Flags;

/// <summary>Flags about start, stop and logs of the process.</summary>
internal static class ProcessFlags
{
    public static readonly Flag StartupTimeout = new("startup-timeout", FlagKind.Duration, "How long resources and components may take before the process listens.") { Default = "20s" };

    public static readonly Flag GracefulShutdown = new("dapr-graceful-shutdown-seconds", FlagKind.Integer, "Seconds that running requests may take when the process stops.") { Default = "5", Minimum = 0 };

    public static readonly Flag BlockShutdown = new("dapr-block-shutdown-duration", FlagKind.Duration, "How long the process goes on serving after it was told to stop.");

    public static readonly Flag LogLevel = new("log-level", FlagKind.Word, "Least level that is logged.") { Default = "info", Words = ["debug", "info", "warn", "error", "fatal"] };

    public static readonly Flag LogAsJson = new("log-as-json", FlagKind.Switch, "Log JSON lines.") { Default = "false" };

    public static readonly Flag LogFile = new("log-file", FlagKind.Text, "File that receives the log too.");

    public static IReadOnlyList<Flag> All => [StartupTimeout, GracefulShutdown, BlockShutdown, LogLevel, LogAsJson, LogFile];
}
