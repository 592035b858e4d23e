using System.Buffers;
using System.Text;
using Serverless.Components.Clients.Redis.Protocol;

namespace Serverless.Components.Clients.Redis;

/// <summary>The reading side.</summary>
internal sealed partial class RedisConnection
{
    /// <summary>Ends the commands whose reply is overdue, and the connection when nothing comes from the server any more.</summary>
    public void EndOverdue()
    {
        var now = _options.Time.GetTimestamp();
        var isOverdue = false;
        for (var index = Volatile.Read(ref _head); index < Volatile.Read(ref _tail); index++)
        {
            // Taken meanwhile: null, or already a later command.
            if (Volatile.Read(ref Place(index)) is not { } command)
            {
                continue;
            }

            if (_options.Time.GetElapsedTime(command.Since, now) < _options.CommandTimeout)
            {
                break;
            }

            isOverdue = true;
            command.Fail(Overdue(command));
        }

        if (isOverdue && _options.Time.GetElapsedTime(Volatile.Read(ref _lastReply), now) >= _options.CommandTimeout)
        {
            Abort(new RedisConnectionException($"{Endpoint} sends no replies"));
        }
    }

    private RedisTimeoutException Overdue(RedisCommand command) => new(command.IsReadOnly
        ? $"{command}: no reply from {Endpoint} within {_options.CommandTimeout.TotalSeconds:0.###} s"
        : $"{command}: no reply from {Endpoint} within {_options.CommandTimeout.TotalSeconds:0.###} s; whether it was executed is unknown");

    private async Task ReceiveAsync()
    {
        var scanner = default(RespFrameScanner);
        RedisCommand? current = null;
        try
        {
            while (true)
            {
                var result = await _input.ReadAsync(_stop.Token);
                var rest = result.Buffer;
                Volatile.Write(ref _lastReply, _options.Time.GetTimestamp());
                while (!rest.IsEmpty)
                {
                    if (current is null)
                    {
                        current = NextDue(rest);
                        scanner = new RespFrameScanner(current.Replies);
                    }

                    if (!scanner.TryScan(rest))
                    {
                        break;
                    }

                    Take();
                    HasAnswered |= !current.IsHandshake;
                    Deliver(current, rest, (int)scanner.Length);
                    rest = rest.Slice(scanner.Length);
                    current = null;
                }

                _input.AdvanceTo(rest.Start, result.Buffer.End);

                // Who stands in line or retires it has either seen these replies taken, or is seen here.
                Interlocked.MemoryBarrier();
                _node.AdmitWaiting();
                if (_isRetired && IsIdle)
                {
                    break;
                }

                if (result.IsCompleted)
                {
                    throw new EndOfStreamException("the server closed it");
                }
            }
        }
        catch (RespException fault)
        {
            Abort(new RedisConnectionException($"{Endpoint} does not speak Redis' protocol: {fault.Message}", fault));
        }
        catch (Exception fault)
        {
            Abort(Broken(fault));
        }

        await _input.CompleteAsync();
    }

    private RedisCommand NextDue(in ReadOnlySequence<byte> input)
    {
        if (Volatile.Read(ref _head) < Volatile.Read(ref _tail))
        {
            return Place(_head)!;
        }

        // A server that takes no more clients says so before anything is asked.
        var start = input.FirstSpan;
        throw start[0] == (byte)RespKind.Error
            ? new IOException(Encoding.UTF8.GetString(start[1..].Slice(0, Math.Max(0, start[1..].IndexOf((byte)'\r')))))
            : new RespException("a reply came that nobody asked for");
    }

    private void Take()
    {
        Volatile.Write(ref Place(_head), null);
        Volatile.Write(ref _head, _head + 1);
    }

    private void Deliver(RedisCommand command, in ReadOnlySequence<byte> replies, int length)
    {
        // Nobody waits for it any more.
        if (!command.IsPending)
        {
            return;
        }

        try
        {
            var bytes = GC.AllocateUninitializedArray<byte>(length);
            replies.Slice(0, length).CopyTo(bytes);
            var own = command.OwnPart(bytes);
            var reader = new RespReader(own);
            if (reader.Kind == RespKind.Error)
            {
                _node.OnError(this, command, RedisError.Parse(reader.ReadError()));
            }
            else
            {
                command.Complete(own);
            }
        }
        catch (Exception fault)
        {
            // No memory for the reply. It is nobody else's business; and the command is in no line any more, where somebody would end it.
            command.Fail(new RedisConnectionException($"{command}: the reply could not be kept ({fault.Message}); whether it was executed is unknown", fault));
        }
    }

    // What the server has certainly not seen goes to the next connection; of the rest, what only reads.
    private void HandBack()
    {
        var fault = Fault;
        var handed = Volatile.Read(ref _handed);
        _node.OnClosed(this, fault);
        while (_head < _tail)
        {
            var command = Place(_head)!;
            Take();
            if (command.IsPending)
            {
                _node.OnUnanswered(command, wasSent: command.Offset < handed, fault);
            }
        }
    }
}
