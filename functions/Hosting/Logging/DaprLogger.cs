namespace Serverless.Functions.Hosting.Logging;

/// <summary>Logs one category.</summary>
internal sealed class DaprLogger(string category, LogLevel least, LogWriter writer, TimeProvider time) : ILogger
{
    private readonly LogLevel _least = Least(category, least);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            writer.Write(new LogLine(time.GetUtcNow(), logLevel, category, formatter(state, exception), Describe(logLevel, exception))
            {
                Fields = eventId.Name == LogFields.EventName ? LogFields.Of(state) : null,
            });
        }
    }

    // The stack only where it says something: for errors, which should not happen, and for those who debug.
    private string? Describe(LogLevel level, Exception? exception) =>
        exception is null ? null
        : level >= LogLevel.Error || least <= LogLevel.Debug ? exception.ToString()
        : $"{exception.GetType().Name}: {exception.Message}";

    private static LogLevel Least(string category, LogLevel least)
    {
        if (category.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) || category.StartsWith("Microsoft.AspNetCore.Hosting", StringComparison.Ordinal))
        {
            // Their only news are failed starts, which this app reports itself. To a logger that is on they would add an Activity per request.
            return LogLevel.None;
        }

        var isFramework = category.StartsWith("Microsoft.", StringComparison.Ordinal) || category.StartsWith("System.", StringComparison.Ordinal);
        return isFramework && least < LogLevel.Warning ? LogLevel.Warning : least;
    }
}
