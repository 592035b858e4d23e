using System.Net.Sockets;

namespace Serverless.Backends.Network;

/// <summary>What a <see cref="TcpProxy"/> does to the bytes of one direction; every property may change while bytes flow.</summary>
public sealed class ProxyDirection
{
    private const int BufferSize = 64 * 1024;
    private readonly Lock _lock = new();
    private TaskCompletionSource? _held;
    private long _forwarded;
    private long _cutAfter = long.MaxValue;

    internal ProxyDirection()
    {
    }

    /// <summary>How long each piece is kept before it goes on.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The most bytes sent in one piece: 1 sends every byte by itself. 0 leaves the pieces as they come.</summary>
    public int ChunkSize { get; set; }

    /// <summary>Bytes forwarded so far, over all connections.</summary>
    public long Forwarded => Interlocked.Read(ref _forwarded);

    /// <summary>Forwards nothing more until <see cref="Release"/>: a black hole that the sender notices no earlier than its buffers are full.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends <see cref="Hold"/>; what was held arrives now.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _held?.TrySetResult();
            _held = null;
        }
    }

    /// <summary>Forwards that many more bytes, then cuts the connection they went over; once.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _cutAfter, Forwarded + bytes);

    /// <summary>Copies until the sender ends or a cut is due.</summary>
    /// <returns>True when the connection is to be cut.</returns>
    internal async Task<bool> PumpAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (true)
        {
            var read = await from.ReceiveAsync(buffer, cancellationToken);
            if (read == 0)
            {
                await WaitAsync(cancellationToken);
                to.Shutdown(SocketShutdown.Send);
                return false;
            }

            for (var start = 0; start < read;)
            {
                await WaitAsync(cancellationToken);
                var left = Interlocked.Read(ref _cutAfter) - Forwarded;
                var size = (int)Math.Min(Math.Min(ChunkSize > 0 ? ChunkSize : read, read - start), Math.Max(0, left));
                if (size > 0)
                {
                    await to.SendAsync(buffer.AsMemory(start, size), cancellationToken);
                    Interlocked.Add(ref _forwarded, size);
                    start += size;
                }

                // Less than nothing is left when more was forwarded while the cut was being set.
                if (size >= left)
                {
                    Interlocked.Exchange(ref _cutAfter, long.MaxValue);
                    return true;
                }
            }
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, TimeProvider.System, cancellationToken);
        }

        Task? held;
        lock (_lock)
        {
            held = _held?.Task;
        }

        if (held is not null)
        {
            await held.WaitAsync(cancellationToken);
        }
    }
}
