using Microsoft.Extensions.Logging;

namespace Serverless.Components.Registry.Sources;

/// <summary>Tells each trouble of a source once, and so its end.</summary>
internal sealed partial class SourceTroubleLog(ILogger logger, string source)
{
    private string? _told;

    /// <summary>True while the last pass had some.</summary>
    public bool HasTrouble => _told is not null;

    /// <summary>Notes what a pass found; null when all is well.</summary>
    public void Report(string? trouble)
    {
        if (trouble == _told)
        {
            return;
        }

        _told = trouble;
        if (trouble is null)
        {
            LogMended(logger, source);
        }
        else
        {
            LogTrouble(logger, source, trouble);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "resource source {Source}: {Trouble}; what it gave before, if anything, stays")]
    private static partial void LogTrouble(ILogger logger, string source, string trouble);

    [LoggerMessage(Level = LogLevel.Information, Message = "resource source {Source} is whole again")]
    private static partial void LogMended(ILogger logger, string source);
}
