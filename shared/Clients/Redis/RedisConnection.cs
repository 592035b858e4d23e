using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Numerics;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis;

/// <summary>
/// One connection that many callers share: commands are appended to one stream of bytes and answered in that order. What
/// is appended while a write is under way leaves with the next one, so that load makes its own batches.
/// </summary>
/// <remarks>
/// The ring holds the commands whose replies are due. Senders add to it under the lock; only the reading loop takes from it, also
/// when the connection breaks, so that each command leaves it once.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "RunAsync disposes of the stream at its end; a source of cancellation without a timer holds nothing.")]
internal sealed partial class RedisConnection
{
    // Replies are read in pieces of this size; a larger one spans several.
    private const int BufferSize = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly RedisNode _node;
    private readonly Stream _stream;
    private readonly RedisOptions _options;
    private readonly RedisCommand?[] _ring;
    private readonly Pipe _output;
    private readonly PipeReader _input;
    private readonly CancellationTokenSource _stop = new();
    private RedisException? _fault;
    private bool _isClosed;
    private bool _isRetired;
    private long _tail;
    private long _head;
    private long _appended;
    private long _handed;
    private long _lastReply;

    /// <summary>Takes over an open stream.</summary>
    public RedisConnection(RedisNode node, RedisEndpoint endpoint, Stream stream, RedisOptions options)
    {
        _node = node;
        Endpoint = endpoint;
        _stream = stream;
        _options = options;

        // One place is kept for AUTH, which must not wait in line.
        _ring = new RedisCommand?[BitOperations.RoundUpToPowerOf2((uint)options.MaxInFlight + 1)];
        _output = new Pipe(new PipeOptions(readerScheduler: new ReusedWorkItemScheduler(), writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: BufferSize, useSynchronizationContext: false));
        _input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferSize, minimumReadSize: BufferSize / 8, leaveOpen: true));
        OpenedAt = _lastReply = options.Time.GetTimestamp();
    }

    /// <summary>The server at the other end.</summary>
    public RedisEndpoint Endpoint { get; }

    /// <summary>Clock reading when it was opened.</summary>
    public long OpenedAt { get; }

    /// <summary>Clock reading when the last reply came.</summary>
    public long LastUsedAt => Volatile.Read(ref _lastReply);

    /// <summary>True when no reply is due.</summary>
    public bool IsIdle => Volatile.Read(ref _head) == Volatile.Read(ref _tail);

    /// <summary>True while it takes commands.</summary>
    public bool IsUsable => !Volatile.Read(ref _isClosed) && !Volatile.Read(ref _isRetired);

    /// <summary>True when the server has answered more than the handshake, so that it is worth connecting to it again at once.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Why it ended.</summary>
    public RedisException Fault => _fault ?? new RedisConnectionException($"the connection to {Endpoint} was closed");

    /// <summary>Works until the connection ends, then hands each unanswered command back to the node.</summary>
    public async Task RunAsync()
    {
        var sending = SendAsync();
        try
        {
            await ReceiveAsync();
        }
        finally
        {
            Stop();
            await sending;
            try
            {
                await _stream.DisposeAsync();
            }
            finally
            {
                HandBack();
            }
        }
    }

    /// <summary>Appends a command; false when it does not take one now, or ever again.</summary>
    public bool TrySend(RedisCommand command)
    {
        lock (_gate)
        {
            if (_isClosed || _isRetired || (IsFull && (!command.IsHandshake || _tail - Volatile.Read(ref _head) == _ring.Length)))
            {
                return false;
            }

            // Its caller may have given up while it stood in line; then its arguments are no longer ours to read.
            if (command.TryBeginWriting())
            {
                Append(command);
            }

            return true;
        }
    }

    /// <summary>Takes no more commands; it ends when the last reply has come.</summary>
    public void Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
        }

        if (IsIdle)
        {
            Stop();
        }
    }

    /// <summary>Ends it at once because of <paramref name="fault"/>.</summary>
    public void Abort(RedisException fault)
    {
        Interlocked.CompareExchange(ref _fault, fault, null);
        Stop();
    }

    private bool IsFull => _tail - Volatile.Read(ref _head) >= _options.MaxInFlight || _appended - Volatile.Read(ref _handed) > _options.MaxUnsentBytes;

    [SuppressMessage("Reliability", "CA2012", Justification = "The pipe has no threshold, so a flush never waits; the bound is in TrySend.")]
    private void Append(RedisCommand command)
    {
        command.Offset = _appended;
        command.Since = _options.Time.GetTimestamp();
        try
        {
            var writer = new RespWriter(_output.Writer);
            command.WriteTo(ref writer);
            writer.Complete();
            _appended += writer.Written;
            command.EndWriting();
        }
        catch (Exception fault)
        {
            // No memory, or an argument's is gone. What would follow half a command would be taken for the rest of it.
            command.EndWriting();
            command.Fail(new RedisConnectionException($"{command}: not executed: it could not be written ({fault.Message})", fault));
            Abort(Broken(fault));
            return;
        }

        Place(_tail) = command;
        Volatile.Write(ref _tail, _tail + 1);
        _ = _output.Writer.FlushAsync();
    }

    private void Stop()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            // With a fault, what has not been handed over by now never is.
            _isClosed = true;
            _output.Writer.Complete(_fault);
        }

        // What this ends does not go on under a lock of the caller's.
        _ = _stop.CancelAsync();
    }

    // The ring's length is a power of two.
    private ref RedisCommand? Place(long position) => ref _ring[(int)position & (_ring.Length - 1)];

    private async Task SendAsync()
    {
        var reader = _output.Reader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(_stop.Token);
                if (result.Buffer.IsEmpty && result.IsCompleted)
                {
                    break;
                }

                // From here on the server may see the bytes, whatever happens to the write.
                Volatile.Write(ref _handed, _handed + result.Buffer.Length);
                foreach (var segment in result.Buffer)
                {
                    await _stream.WriteAsync(segment, _stop.Token);
                }

                reader.AdvanceTo(result.Buffer.End);
                _node.AdmitWaiting();
            }
        }
        catch (Exception fault)
        {
            Abort(Broken(fault));
        }

        await reader.CompleteAsync();
    }

    private RedisConnectionException Broken(Exception fault) => new($"the connection to {Endpoint} broke ({fault.GetBaseException().Message})", fault);
}
