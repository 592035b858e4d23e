using System.Buffers;

namespace Serverless.Functions.Http;

/// <summary>A request body in a pooled buffer, or the reason why it could not be read. Nothing may keep the bytes after disposal.</summary>
internal readonly struct RequestBody : IDisposable
{
    // A client can claim any length, so memory follows what has really arrived.
    private const int FirstBuffer = 16 << 10;
    private readonly byte[]? _buffer;
    private readonly int _length;

    private RequestBody(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    private RequestBody(string fault) => Fault = fault;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Why the body is not there; null when it is.</summary>
    public string? Fault { get; }

    /// <summary>Reads all of the body; a caller that goes away cancels.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">Most bytes to accept; zero or less means no limit.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, long limit, CancellationToken cancellationToken)
    {
        limit = limit <= 0 ? Array.MaxLength : Math.Min(limit, Array.MaxLength);
        if (request.ContentLength > limit)
        {
            return new RequestBody("stream too large");
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? FirstBuffer, FirstBuffer));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                if (read.Buffer.Length > limit - length)
                {
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                    ArrayPool<byte>.Shared.Return(buffer);
                    return new RequestBody("stream too large");
                }

                buffer = Grow(buffer, length, (int)read.Buffer.Length);
                read.Buffer.CopyTo(buffer.AsSpan(length));
                length += (int)read.Buffer.Length;
                request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return new RequestBody(buffer, length);
                }
            }
        }
        catch (IOException exception)
        {
            // BadHttpRequestException is one: too slow, badly chunked, or cut off.
            ArrayPool<byte>.Shared.Return(buffer);
            cancellationToken.ThrowIfCancellationRequested();
            return new RequestBody(exception is BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }
                ? "the body arrived too slowly"
                : "the body is cut off or badly framed");
        }
    }

    public void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int length, int more)
    {
        if (more <= buffer.Length - length)
        {
            return buffer;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)length + more, buffer.Length * 2L), Array.MaxLength));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
