namespace Serverless.Functions.Hosting.Logging;

/// <summary>Dapr's names of log levels.</summary>
internal static class LogLevels
{
    /// <summary>The level behind a word of <c>--log-level</c>.</summary>
    public static LogLevel Parse(string word) => word switch
    {
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" => LogLevel.Critical,
        _ => LogLevel.Information,
    };

    /// <summary>The word in a line; Dapr writes <c>warning</c> for what its flag calls <c>warn</c>.</summary>
    public static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.Critical => "fatal",
        _ => "info",
    };
}
