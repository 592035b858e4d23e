using System.Buffers;
using Azure.Core;

namespace Serverless.Components.Clients.AzureStorage.Tables;

/// <summary>A request's body in a buffer that others use afterwards.</summary>
internal sealed class TableBody : RequestContent, IBufferWriter<byte>
{
    private const int FirstSize = 1024;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private bool _isAnswered;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    /// <summary>The answer is there, so that nobody sends from the buffer any more.</summary>
    public void Release() => _isAnswered = true;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }

    public override void WriteTo(Stream stream, CancellationToken cancellation) => stream.Write(Written.Span);

    public override Task WriteToAsync(Stream stream, CancellationToken cancellation) => stream.WriteAsync(Written, cancellation).AsTask();

    public override void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);

        // After a failure a connection may still hold on to it.
        if (_isAnswered && buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - Length >= more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + more));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
