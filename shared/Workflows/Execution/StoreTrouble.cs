using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Serverless.Components.Workflows.Execution;

/// <summary>Tells of trouble with the store, or with the queue, once per kind until it has passed.</summary>
internal sealed partial class StoreTrouble(ILogger logger, string component)
{
    private readonly ConcurrentDictionary<string, bool> _present = new(StringComparer.Ordinal);

    /// <summary>Something failed and will be tried again.</summary>
    public void Report(string kind, Exception failure)
    {
        if (_present.TryAdd(kind, true))
        {
            LogTrouble(logger, component, kind, failure.Message);
        }
        else
        {
            LogAgain(logger, component, kind, failure.Message);
        }
    }

    /// <summary>It works.</summary>
    public void Clear(string kind)
    {
        if (!_present.IsEmpty && _present.TryRemove(kind, out _))
        {
            LogPassed(logger, component, kind);
        }
    }

    [LoggerMessage(LogLevel.Warning, "workflows on '{Component}': {Kind} failed and is tried again: {Reason}")]
    private static partial void LogTrouble(ILogger logger, string component, string kind, string reason);

    [LoggerMessage(LogLevel.Debug, "workflows on '{Component}': {Kind} failed again: {Reason}")]
    private static partial void LogAgain(ILogger logger, string component, string kind, string reason);

    [LoggerMessage(LogLevel.Information, "workflows on '{Component}': {Kind} works again")]
    private static partial void LogPassed(ILogger logger, string component, string kind);
}
