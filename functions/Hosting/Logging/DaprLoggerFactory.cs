namespace Serverless.Functions.Hosting.Logging;

/// <summary>Makes loggers that write Dapr's log format. The framework's own factory would cost some 50 compiled methods at each start.</summary>
internal sealed class DaprLoggerFactory(LogLevel least, LogWriter writer, TimeProvider time) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new DaprLogger(categoryName, least, writer, time);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("everything is logged in one way");

    public void Dispose()
    {
        // The writer ends after the last logger, with RuntimeLog.
    }
}
