using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Serverless.Functions.Hosting.Logging;

/// <summary>Writes lines in the background, so that a slow reader of stdout never slows a request.</summary>
/// <remarks>When the reader is too slow, lines are dropped and counted; fatal ones never are.</remarks>
internal sealed class LogWriter : IAsyncDisposable
{
    private const int Capacity = 8192;
    private const int FlushSize = 32 << 10;
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(5);

    private readonly Channel<LogLine> _lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly ConcurrentQueue<LogLine> _fatal = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly ILogFormat _format;
    private readonly List<Stream> _outputs;
    private readonly TimeProvider _time;
    private readonly Task _drain;
    private long _dropped;

    /// <summary>Starts writing to the outputs, which buffer nothing and are disposed at the end.</summary>
    public LogWriter(ILogFormat format, IEnumerable<Stream> outputs, TimeProvider time)
    {
        _format = format;
        _outputs = [.. outputs];
        _time = time;
        _drain = Task.Run(DrainAsync);
    }

    /// <summary>Queues a line; never waits.</summary>
    public void Write(LogLine line)
    {
        if (_lines.Writer.TryWrite(line))
        {
            return;
        }

        if (line.Level == LogLevel.Critical)
        {
            _fatal.Enqueue(line);
        }
        else
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what is queued, at most for a few seconds, and closes the outputs.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        try
        {
            await _drain.WaitAsync(FlushLimit, _time);
        }
        catch (TimeoutException)
        {
            // Nobody reads stdout any more; the process must still end.
            return;
        }

        foreach (var output in _outputs)
        {
            await output.DisposeAsync();
        }
    }

    private async Task DrainAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            while (_lines.Reader.TryRead(out var line))
            {
                _format.Write(line, _buffer);
                if (_buffer.WrittenCount >= FlushSize)
                {
                    await FlushAsync();
                }
            }

            WriteLeftovers();
            await FlushAsync();
        }

        WriteLeftovers();
        await FlushAsync();
    }

    private void WriteLeftovers()
    {
        while (_fatal.TryDequeue(out var line))
        {
            _format.Write(line, _buffer);
        }

        var dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
        {
            _format.Write(new LogLine(_time.GetUtcNow(), LogLevel.Warning, "log", $"{dropped} log lines were dropped because they came faster than they could be written", null), _buffer);
        }
    }

    private async Task FlushAsync()
    {
        for (var i = _outputs.Count - 1; i >= 0 && _buffer.WrittenCount > 0; i--)
        {
            try
            {
                await _outputs[i].WriteAsync(_buffer.WrittenMemory, CancellationToken.None);
            }
            catch (IOException)
            {
                // A full disk or a closed pipe: there is no better place to say so.
            }
        }

        _buffer.ResetWrittenCount();
    }
}
