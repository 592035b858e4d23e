namespace Serverless.Functions.Hosting.Logging;

/// <summary>Makes loggers that write Dapr's log format.</summary>
internal sealed class DaprLoggerProvider(LogLevel least, LogWriter writer, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new DaprLogger(categoryName, least, writer, time);

    public void Dispose()
    {
        // The writer ends after the last logger, with RuntimeLog.
    }
}
