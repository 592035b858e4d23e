using System.Buffers;

namespace Serverless.Components.Clients.WebCalls;

/// <summary>Reads the body of an answer within a limit.</summary>
internal static class WebBody
{
    private const int FirstBuffer = 16 << 10;

    // What a server announces is taken at its word up to here only.
    private const int LongestAdvance = 1 << 20;

    /// <summary>The whole body; null when it is longer than <paramref name="limit"/> bytes (0: no limit).</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, bool hasBody, long limit, CancellationToken cancellationToken)
    {
        var announced = content.Headers.ContentLength;
        if (!hasBody || announced == 0)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        // One more than the longest must fit, to be noticed.
        limit = limit > 0 ? Math.Min(limit, Array.MaxLength - 1) : Array.MaxLength - 1;
        if (announced > limit)
        {
            return null;
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        return announced <= LongestAdvance ? await ReadExactAsync(stream, (int)announced, cancellationToken) : await ReadGrowingAsync(stream, limit, cancellationToken);
    }

    // The connection itself counts the bytes of an announced length.
    private static async ValueTask<ReadOnlyMemory<byte>?> ReadExactAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return body;
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadGrowingAsync(Stream stream, long limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is var read and > 0)
            {
                length += read;
                if (length > limit)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, Array.MaxLength));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
