using System.Collections.Concurrent;

namespace Serverless.Functions.Triggers;

/// <summary>What invocations wait for, by component: for the log, once, and for metadata, as long as it lasts.</summary>
/// <param name="kind">What the components are, for people.</param>
/// <param name="logger">Where it is told.</param>
internal sealed partial class TriggerWaits(string kind, ILogger logger)
{
    private readonly ConcurrentDictionary<string, string> _waiting = new(StringComparer.Ordinal);

    /// <summary>The reasons by component.</summary>
    public IEnumerable<KeyValuePair<string, string>> Items => _waiting;

    /// <summary>An invocation waits.</summary>
    public void Wait(string component, string reason)
    {
        if (!_waiting.TryGetValue(component, out var known) || known != reason)
        {
            _waiting[component] = reason;
            LogWaiting(logger, kind, component, reason);
        }
    }

    /// <summary>An invocation got through.</summary>
    public void Clear(string component)
    {
        if (_waiting.TryRemove(component, out _))
        {
            LogWorking(logger, kind, component);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} {Component}: events wait: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string kind, string component, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Kind} {Component}: events get through again")]
    private static partial void LogWorking(ILogger logger, string kind, string component);
}
