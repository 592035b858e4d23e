using Serverless.Functions.Hosting.Flags;

namespace Serverless.Functions.Hosting.Logging;

/// <summary>The process's log: stdout, and a file if wanted.</summary>
internal sealed class RuntimeLog : IAsyncDisposable
{
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;

    private RuntimeLog(LogWriter writer, LogLevel least, TimeProvider time)
    {
        _writer = writer;
        _time = time;
        Factory = new DaprLoggerFactory(least, writer, time);
        Logger = Factory.CreateLogger("dapr.runtime");
    }

    /// <summary>Where everything logs.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>For the process itself.</summary>
    public ILogger Logger { get; }

    /// <summary>Opens the outputs.</summary>
    /// <exception cref="FlagException">The log file can't be opened.</exception>
    public static RuntimeLog Open(RuntimeOptions options, TimeProvider time)
    {
        var identity = new LogIdentity(options.AppId, Environment.MachineName, BuildVersion.Current.Version);
        ILogFormat format = options.LogAsJson ? new JsonLogFormat(identity) : new TextLogFormat(identity);
        List<Stream> outputs = [Console.OpenStandardOutput()];
        if (options.LogFile.Length > 0)
        {
            outputs.Add(OpenFile(options.LogFile));
        }

        return new RuntimeLog(new LogWriter(format, outputs, time), LogLevels.Parse(options.LogLevel), time);
    }

    /// <summary>Writes plain text, in order with the lines.</summary>
    public void WriteText(string text) => _writer.Write(new LogLine(_time.GetUtcNow(), LogLevel.Information, null, text, null));

    /// <summary>Writes everything out.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FlagException($"{ProcessFlags.LogFile.Spelling}: {exception.Message}");
        }
    }
}
