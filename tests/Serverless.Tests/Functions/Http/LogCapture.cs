using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serverless.Functions.Hosting.Logging;

namespace Serverless.Tests.Functions.Http;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogCapture : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Messages { get; } = new();

    /// <summary>The fields of the events that have some.</summary>
    public ConcurrentQueue<Dictionary<string, object>> Fields { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Messages.Enqueue($"{logLevel}: {formatter(state, exception)}");
        if (eventId.Name == LogFields.EventName)
        {
            Fields.Enqueue(new(LogFields.Of(state)));
        }
    }
}
